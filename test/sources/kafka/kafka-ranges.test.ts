import { expect, it } from "vitest";
import type { Offset } from "../../../src/sources/source.js";
import type { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import { recordText, type StoredRecord } from "../../fakes/kafka/fake-record.js";
import { seededRandom, writeSeededLog } from "../../fakes/kafka/seeded-log.js";
import { collect, rowsOf } from "../../fakes/rows-of.js";
import { hastyBroker, never, sourceOn } from "./source-on-broker.js";

const TOPIC = "orders";
const PARTITIONS = 2;

interface Range {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Two logs of committed, aborted and open transactions of three producers each, and of one without, in between. */
function seededBroker(seed: number) {
  const broker = hastyBroker();
  broker.createTopic(TOPIC, { partitions: PARTITIONS });
  for (let partition = 0; partition < PARTITIONS; partition++) {
    writeSeededLog(broker, { topic: TOPIC, partition, seed: seed * PARTITIONS + partition, steps: 100 });
  }
  return broker;
}

function offsetsAt(broker: ReturnType<typeof hastyBroker>, offsets: readonly number[]): Offset {
  return { topics: { [TOPIC]: { id: broker.topicId(TOPIC), offsets } } };
}

function within(truth: ReturnType<FakeBroker["committed"]>, { from, to }: Range): string[] {
  return truth.flatMap((records, partition) =>
    records
      .filter(({ offset }) => offset >= from[partition]! && offset < to[partition]!)
      .map((record) => `${partition} ${recordText(record)}`),
  );
}

function asText(row: Record<string, unknown>): string {
  const headers = (row["headers"] ?? []) as readonly { key: string; value: Uint8Array | null }[];
  const record: StoredRecord = {
    offset: Number(row["offset"]),
    timestamp: Date.parse(String(row["timestamp"])),
    key: row["key"] as Uint8Array | null,
    value: row["value"] as Uint8Array | null,
    headers: headers.map(({ key, value }) => [key, value] as const),
  };
  return `${row["partition"]} ${recordText(record)}`;
}

/** Twenty random ranges up to `ends`, read with five sizes of fetches. */
async function checkRanges(
  broker: ReturnType<typeof hastyBroker>,
  reading: {
    readonly seed: number;
    readonly ends: readonly number[];
    readonly truth: ReturnType<FakeBroker["committed"]>;
    readonly isolationLevel?: string;
  },
): Promise<void> {
  const { seed, ends, truth, isolationLevel = "read_committed" } = reading;
  const random = seededRandom(seed);
  for (let size = 0; size < 5; size++) {
    const maxPartitionFetchBytes = 1 + random(3000);
    const options = { subscribe: TOPIC, includeHeaders: true, isolationLevel, maxPartitionFetchBytes };
    const source = sourceOn(broker, options);
    for (let count = 0; count < 4; count++) {
      const from = ends.map((end) => random(end + 1));
      const to = ends.map((end, partition) => from[partition]! + random(end - from[partition]! + 1));
      const chunks = await collect(source.read(offsetsAt(broker, from), offsetsAt(broker, to), never));
      expect(rowsOf(chunks).map(asText), `seed ${seed}, ${from} to ${to}`).toEqual(within(truth, { from, to }));
    }
    await source.close();
  }
}

function endsOf(broker: ReturnType<typeof hastyBroker>, which: "stable" | "end"): number[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => broker.offsets(TOPIC, partition)[which]);
}

it("reads any range exactly: 400 of them, in logs of committed, aborted and open transactions", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const broker = seededBroker(seed);
    await checkRanges(broker, { seed, ends: endsOf(broker, "stable"), truth: broker.committed(TOPIC) });
    expect(broker.openSockets).toBe(0);
  }
});

it("reads what compaction left of them, be a hole at the end of the range", async () => {
  for (let seed = 21; seed <= 25; seed++) {
    const broker = seededBroker(seed);
    broker.compact(TOPIC);
    await checkRanges(broker, { seed, ends: endsOf(broker, "stable"), truth: broker.committed(TOPIC) });
  }
});

it("reads everything that is there where transactions do not count", async () => {
  for (let seed = 26; seed <= 28; seed++) {
    const broker = seededBroker(seed);
    const isolationLevel = "read_uncommitted";
    await checkRanges(broker, { seed, ends: endsOf(broker, "end"), truth: broker.appended(TOPIC), isolationLevel });
  }
});

it("ends a range whose last offsets compaction took, right before an open transaction", async () => {
  const broker = hastyBroker();
  broker.createTopic(TOPIC);
  broker.append(TOPIC, 0, [{ key: "a", value: "1" }]);
  broker.append(TOPIC, 0, [{ value: "the cleaner drops records without a key" }]);
  broker.append(TOPIC, 0, [{ key: "b", value: "2" }], { transaction: "open" });
  broker.compact(TOPIC);
  const source = sourceOn(broker, { subscribe: TOPIC });
  const chunks = await collect(source.read(offsetsAt(broker, [0]), offsetsAt(broker, [2]), never));
  expect(rowsOf(chunks).map((row) => row["offset"])).toEqual([0n]);
  await source.close();
});
