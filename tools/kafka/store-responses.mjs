// Records what a real broker answers to fetches, for the tests of the decoder that run without one: test/formats/kafka/stored.
// Each case is NAME.bin, the record batches of partition 0 as they came, and NAME.json: where they were read from, the offset
// behind the last whole batch, the transactions that the broker names as aborted, and the records of the whole batches as Kafka's
// own consumer reads them.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import kafkajs from "kafkajs";
import { startBroker } from "./broker.mjs";
import { partitionOf, rawFetch, topicIdOf } from "./raw-fetch.mjs";
import { readTopics } from "./read-topics.mjs";

const STORED = fileURLToPath(new URL("../../test/formats/kafka/stored/", import.meta.url));
const { Kafka, logLevel } = kafkajs;

const broker = await startBroker({ directory: mkdtempSync(join(tmpdir(), "millrace-kafka-")) });
const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 10 } });
const admin = kafka.admin();
await admin.connect();

/** @param {string} topic @param {Record<string, string>} configs */
async function createTopic(topic, configs = {}) {
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }], waitForLeaders: false });
}

/** @param {string} topic @param {import("kafkajs").Message[][]} batches */
async function write(topic, ...batches) {
  const producer = kafka.producer();
  await producer.connect();
  for (const messages of batches) await producer.send({ topic, messages });
  await producer.disconnect();
}

/** @param {string} id */
async function transactional(id) {
  const producer = kafka.producer({ transactionalId: id, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return producer;
}

/** @param {Buffer} records @returns {number} the offset behind the last batch that is whole */
function offsetBehind(records) {
  let next = 0;
  for (let at = 0; at + 12 <= records.length; ) {
    const end = at + 12 + records.readInt32BE(at + 8);
    if (end > records.length) break;
    next = Number(records.readBigInt64BE(at)) + records.readInt32BE(at + 23) + 1;
    at = end;
  }
  return next;
}

/**
 * @param {string} topic
 * @param {{ offset?: number, maxBytes?: number, isolation?: 0 | 1, name?: string }} fetch
 */
async function store(topic, { offset = 0, maxBytes = 2 ** 20, isolation = 1, name = topic } = {}) {
  const answer = await rawFetch(broker.port, {
    topicId: await topicIdOf(broker.port, topic),
    offset,
    maxBytes,
    isolation,
  });
  const { aborted, records } = partitionOf(answer);
  const all = await readTopics(broker, isolation === 1 ? "read_committed" : "read_uncommitted", topic);
  const next = offsetBehind(records);
  const expected = all
    .filter((record) => record.offset >= offset && record.offset < next)
    .map(({ topic: _, partition: __, ...record }) => record);
  writeFileSync(`${STORED}${name}.bin`, records);
  const lines = expected.map((record) => `    ${JSON.stringify(record)}`).join(",\n");
  const head = `"offset": ${offset},\n  "next": ${next},\n  "aborted": ${JSON.stringify(aborted)}`;
  writeFileSync(`${STORED}${name}.json`, `{\n  ${head},\n  "records": [\n${lines}\n  ]\n}\n`);
  console.log(`${name}: ${records.length} bytes, ${aborted.length} aborted, ${expected.length} records`);
}

async function plain() {
  await createTopic("plain", { "message.timestamp.after.max.ms": String(2n ** 63n - 1n) });
  await write(
    "plain",
    [
      { key: "a", value: "first", timestamp: "1700000000000", headers: { trace: ["1", "2"], raw: Buffer.of(0, 255) } },
      { key: null, value: null, timestamp: "-5" },
      { key: "", value: "", timestamp: "253402300799999", headers: { "": "" } },
    ],
    [{ key: "ü€𝄞", value: "grüße", timestamp: "0" }],
    [{ key: Buffer.of(0, 0, 0, 0), value: Buffer.alloc(300, 7), timestamp: "1700000000001" }],
  );
  await store("plain");
  await store("plain", { offset: 1, name: "from-the-middle" });
  await createTopic("append-time", { "message.timestamp.type": "LogAppendTime" });
  await write("append-time", [{ key: "a", value: "1", timestamp: "5" }], [{ key: "b", value: "2" }, { value: "3" }]);
  await store("append-time");
}

/** The broker writes them anew with its own codec. */
async function compressed() {
  for (const codec of ["gzip", "snappy", "lz4", "zstd"]) {
    await createTopic(codec, { "compression.type": codec });
    const batch = (start) =>
      Array.from({ length: 10 }, (_, i) => ({
        key: i % 3 === 0 ? null : `key ${start + i}`,
        value: `{"id":${start + i},"text":"${"again and ".repeat(i)}"}`,
        timestamp: String(1_700_000_000_000 + start + i),
      }));
    await write(codec, batch(0), batch(10));
    await store(codec);
  }
}

/** Three producers whose transactions overlap: committed, aborted and one that stays open; and a plain one. */
async function transactions() {
  const topic = "transactions";
  await createTopic(topic);
  const producers = [await transactional("one"), await transactional("two"), await transactional("three")];
  let sent = 0;
  const message = (fate) => ({ key: sent % 2 === 0 ? null : Buffer.of(0, 0, 0, 0), value: `${fate} ${sent++}` });
  const fates = ["aborted", "aborted", "committed", "aborted", "committed"];
  for (const fate of fates) {
    const [first, second] = [await producers[0].transaction(), await producers[1].transaction()];
    await first.send({ topic, messages: [message("aborted"), message("aborted")] });
    await write(topic, [message("plain")]);
    await second.send({ topic, messages: [message(fate)] });
    await first.send({ topic, messages: [message("aborted")] });
    await (fate === "aborted" ? second.abort() : second.commit());
    await first.abort();
  }
  const open = await producers[2].transaction();
  await open.send({ topic, messages: [message("open")] });
  await write(topic, [message("behind the open one")]);
  await store(topic);
  await store(topic, { offset: 7, name: "transactions-from-the-middle" });
  await store(topic, { isolation: 0, name: "transactions-uncommitted" });
  await open.abort();
  for (const producer of producers) await producer.disconnect();
}

async function compacted() {
  const topic = "compacted";
  const often = { "segment.ms": "100", "min.cleanable.dirty.ratio": "0.001", "delete.retention.ms": "100" };
  await createTopic(topic, { "cleanup.policy": "compact", ...often });
  const round = (i) =>
    Array.from({ length: 6 }, (_, key) => ({ key: `k${key % (1 + (i % 5))}`, value: `${i}.${key}` }));
  for (let i = 0; i < 8; i++) await write(topic, round(i));
  for (let tries = 0; tries < 100; tries++) {
    await wait(300);
    await write(topic, [{ key: "last", value: `${tries}` }]);
    if ((await readTopics(broker, "read_committed", topic)).length < 20) break;
  }
  await store(topic);
}

/** The last batch is cut off where the answer has reached its limit. */
async function cutOff() {
  await createTopic("cut-off");
  const batch = (id) =>
    Array.from({ length: 5 }, (_, i) => ({ key: `${id}`, value: `${i}`, timestamp: "1700000000000" }));
  await write("cut-off", batch(1), batch(2), batch(3));
  await store("cut-off", { maxBytes: 300 });
}

for (const record of [plain, compressed, transactions, compacted, cutOff]) await record();
await admin.disconnect();
await broker.remove();
