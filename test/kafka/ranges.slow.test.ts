import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Session } from "../../src/index.js";
import { type ReadRecord, readTopics } from "../../tools/kafka/read-topics.mjs";
import { Random } from "../laws/cases/random.js";
import { createTopic } from "./create-topic.js";
import { FatedLog } from "./fated-log.js";
import { kafkaClient } from "./kafka-client.js";
import { recordsOf } from "./records-of.js";
import { sharedBroker } from "./shared-broker.js";
import { topicName } from "./topic-name.js";
import { WireReader } from "./wire-reader.js";

const CODECS = ["uncompressed", "gzip", "snappy", "lz4", "zstd"] as const;
const ISOLATIONS = ["read_committed", "read_uncommitted"] as const;
const RANGES = Number(process.env["KAFKA_RANGES"] ?? 400);
const SEED = Number(process.env["KAFKA_SEED"] ?? 1);
const STEPS = 200;

type Isolation = (typeof ISOLATIONS)[number];
type Records = readonly ReadRecord[];

/** One log for all: the same records in a topic of each codec, each of which the broker has compressed itself. */
describe(`a log of overlapping transactions (KAFKA_SEED=${SEED})`, () => {
  const topics = new Map(CODECS.map((codec) => [codec, topicName(`ranges-${codec}`)]));
  const name = (codec: (typeof CODECS)[number]): string => topics.get(codec) ?? "";
  const reference = new Map<Isolation, Records>();
  let address = "";
  let log: FatedLog;
  let reader: WireReader;

  beforeAll(async () => {
    const broker = await sharedBroker();
    address = broker.address;
    const kafka = kafkaClient(broker);
    for (const codec of CODECS) await createTopic(kafka, name(codec), { configs: { "compression.type": codec } });
    log = await FatedLog.open(kafka, [...topics.values()], SEED);
    await log.write(STEPS);
    await log.leaveOpen();
    await log.write(10);
    for (const isolation of ISOLATIONS)
      reference.set(isolation, await readTopics(broker, isolation, ...topics.values()));
    reader = await WireReader.open(broker);
  });
  afterAll(async () => {
    await reader.close();
    await log.close();
  });

  const recordsIn = (topic: string, isolation: Isolation, from: number, to: number): Records =>
    (reference.get(isolation) ?? []).filter((it) => it.topic === topic && it.offset >= from && it.offset < to);

  it.each(CODECS)("%s: Kafka's own consumer reads what was committed, below the first open transaction", (codec) => {
    const all = recordsIn(name(codec), "read_uncommitted", 0, Number.POSITIVE_INFINITY);
    const fates = all.map(({ value }) => log.fates.get(Buffer.from(value ?? "", "hex").toString()));
    const firstOpen = fates.indexOf("open");
    const expected = all.filter((_, i) => i < firstOpen && fates[i] === "committed");
    expect(recordsIn(name(codec), "read_committed", 0, Number.POSITIVE_INFINITY)).toEqual(expected);
    expect(new Set(fates)).toEqual(new Set(["committed", "aborted", "open"]));
  });

  it.each(CODECS)(
    `%s: ${RANGES} ranges, fetched in small pieces, are what Kafka's own consumer reads`,
    async (codec) => {
      const random = new Random(SEED * 10 + CODECS.indexOf(codec));
      const topic = await reader.topic(name(codec));
      const wrong: string[] = [];
      let rows = 0;
      for (let i = 0; i < RANGES; i++) {
        const isolation = random.chance(0.8) ? "read_committed" : "read_uncommitted";
        const end = await reader.end(topic, isolation);
        const [from, to] = [random.int(0, end), random.int(0, end)].sort((a, b) => a - b);
        const maxBytes = random.weighted([
          [1, 1],
          [8, 2000],
          [8, 20_000],
        ]);
        const read = await reader.read(topic, { from, to, isolation, maxBytes });
        rows += read.length;
        const expected = recordsIn(topic.name, isolation, from, to);
        if (JSON.stringify(read) !== JSON.stringify(expected))
          wrong.push(`${isolation} [${from}, ${to}) by ${maxBytes}`);
      }
      console.log(`${codec}: ${RANGES} ranges, ${rows} rows, ${wrong.length} wrong`);
      expect(wrong).toEqual([]);
    },
  );

  it.each(CODECS)("%s: read.kafka gives the same of some ranges", async (codec) => {
    const random = new Random(SEED * 20 + CODECS.indexOf(codec));
    const topic = await reader.topic(name(codec));
    const session = new Session();
    for (let i = 0; i < RANGES / 20; i++) {
      const isolation = random.pick(ISOLATIONS);
      const end = await reader.end(topic, isolation);
      const [from, to] = [random.int(0, end), random.int(0, end)].sort((a, b) => a - b);
      const rows = await session.read
        .kafka({
          brokers: [address],
          assign: { [topic.name]: [0] },
          startingOffsets: { [topic.name]: { 0: from } },
          endingOffsets: { [topic.name]: { 0: to } },
          includeHeaders: true,
          isolationLevel: isolation,
          maxPartitionFetchBytes: random.pick([1, 2000, 20_000]),
        })
        .collect();
      expect(recordsOf(rows), `${isolation} [${from}, ${to})`).toEqual(recordsIn(topic.name, isolation, from, to));
    }
  });
});
