import fc from "fast-check";
import { expect, it } from "vitest";
import { chunkOf } from "../../../src/columnar/chunk-of.js";
import { nullColumn } from "../../../src/columnar/null-column.js";
import { sliceChunk } from "../../../src/columnar/slice.js";
import { partitionOfKey } from "../../../src/formats/kafka/partition-of-key.js";
import type { SinkBatch } from "../../../src/sinks/sink.js";
import { binary, int32, list, schemaOf, struct, timestamp, utf8 } from "../../../src/types/type-constructors.js";
import { anyGuise, type Guise, inGuise } from "../../columnar/arbitrary-column.js";
import { runBatch } from "../../contracts/sink-contract.js";
import { brokerWithTopic, type HastyBroker, shape, sinkOn } from "./sink-on-broker.js";

const RUNS = Number(process.env["ROWS_RUNS"] ?? 60);
const PARTITIONS: Readonly<Record<string, number>> = { out: 3, other: 5 };
const TYPES = {
  key: binary(),
  value: utf8(),
  topic: utf8(),
  partition: int32(),
  headers: list(struct({ key: utf8(), value: binary() })),
  timestamp: timestamp(),
};
type Part = keyof typeof TYPES;
const PARTS = Object.keys(TYPES) as Part[];

interface Row {
  readonly key: Uint8Array | null;
  readonly value: string | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[] | null;
  /** Microseconds. */
  readonly timestamp: bigint | null;
}

const bytes = fc.uint8Array({ maxLength: 40 });
const text = fc.oneof(fc.constantFrom("", "a", "ä", "x".repeat(30)), fc.string({ unit: "grapheme", maxLength: 40 }));
const micros = fc.oneof(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }), fc.bigInt({ min: -5000n, max: 5000n }));
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 4 });
const anyRow: fc.Arbitrary<Row> = fc.record({
  key: orNull(bytes),
  value: orNull(text),
  topic: orNull(fc.constantFrom("out", "other")),
  partition: orNull(fc.constantFrom(0, 1)),
  headers: orNull(fc.array(fc.record({ key: text, value: orNull(bytes) }), { maxLength: 3 })),
  timestamp: orNull(micros),
});

/** By part how its column is laid out; null: a column without values, whose rows are NULL. */
const anyLayout = fc.record(
  Object.fromEntries(PARTS.map((part) => [part, fc.option(anyGuise, { nil: null, freq: 8 })])),
) as fc.Arbitrary<Record<Part, Guise | null>>;

interface Given {
  readonly rows: readonly Row[];
  readonly layout: Readonly<Record<Part, Guise | null>>;
  /** Where the rows are cut into chunks, as parts of their number. */
  readonly cuts: readonly number[];
}

/** The rows as they are in this layout. */
function rowsOf({ rows, layout }: Given): readonly Row[] {
  return rows.map((row) => {
    const given = PARTS.map((part) => [part, layout[part] === null ? null : row[part]]);
    return Object.fromEntries(given) as Row;
  });
}

function batchesOf({ rows, layout, cuts }: Given): readonly SinkBatch[] {
  const columns = PARTS.map((part) => {
    const guise = layout[part];
    if (guise === null) return nullColumn(TYPES[part], rows.length);
    return inGuise(
      TYPES[part],
      rows.map((row) => row[part]),
      guise,
    );
  });
  const chunk = chunkOf(schemaOf(TYPES), columns, rows.length);
  const bounds = [0, ...cuts.map((cut) => Math.floor(cut * rows.length)).sort((a, b) => a - b), rows.length];
  return bounds.slice(1).map((to, i) => ({ chunk: sliceChunk(chunk, bounds[i], to), op: null }));
}

/** By topic and partition: what must be there, in its order. */
function expected(broker: HastyBroker, rows: readonly Row[]): unknown {
  return placed((topic, partition) =>
    rows
      .filter((row) => (row.topic ?? "out") === topic && partitionOf(row) === partition)
      .map((row) => ({
        key: row.key,
        value: row.value === null ? null : new TextEncoder().encode(row.value),
        headers: (row.headers ?? []).map(({ key, value }) => [key, value]),
        timestamp: row.timestamp === null ? broker.clock.now() : millisOf(row.timestamp),
      })),
  );
}

/** Rounded down. */
function millisOf(time: bigint): number {
  return Number((time - (((time % 1000n) + 1000n) % 1000n)) / 1000n);
}

function partitionOf({ topic, partition, key }: Row): number {
  if (partition !== null) return partition;
  return key === null ? 0 : partitionOfKey(key, 0, key.length, PARTITIONS[topic ?? "out"] ?? 0);
}

function written(broker: HastyBroker): unknown {
  return placed((topic, partition) =>
    (broker.committed(topic)[partition] ?? []).map(({ key, value, headers, timestamp }) => ({
      key,
      value,
      headers,
      timestamp,
    })),
  );
}

function placed<T>(at: (topic: string, partition: number) => T): readonly T[] {
  return Object.entries(PARTITIONS).flatMap(([topic, count]) => Array.from({ length: count }, (_, i) => at(topic, i)));
}

it("rows in any layout of columns are the records that they say, each in its place", async () => {
  const anyGiven = fc.record({
    rows: fc.array(anyRow, { maxLength: 30 }),
    layout: anyLayout,
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
  });
  const compression = fc.constantFrom("none", "gzip", "snappy", "lz4");
  const anyBytes = fc.integer({ min: 80, max: 2000 });
  await fc.assert(
    fc.asyncProperty(anyGiven, compression, anyBytes, async (given, codec, maxBatchBytes) => {
      const broker = brokerWithTopic(PARTITIONS["out"]);
      broker.createTopic("other", { partitions: PARTITIONS["other"] });
      const sink = sinkOn(broker, { options: { compression: codec, maxBatchBytes } });
      await sink.open("q", "main", shape({}, schemaOf(TYPES)));
      const rows = rowsOf(given);
      const want = expected(broker, rows);
      await runBatch(sink, 0, batchesOf(given));
      await sink.close();
      expect(written(broker)).toEqual(want);
    }),
    { numRuns: RUNS },
  );
});
