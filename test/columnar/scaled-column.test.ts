import * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Int64Column } from "../../src/columnar/column.js";
import { fromArrow } from "../../src/columnar/from-arrow.js";
import { sliceColumn } from "../../src/columnar/slice.js";
import { eventTimesOf } from "../../src/execution/operators/event-times.js";
import { col, MemoryStream, Session, window } from "../../src/index.js";

const ROWS = 3000;

function millisTable(values: readonly bigint[]): arrow.Table {
  const type = new arrow.TimestampMillisecond("UTC");
  const data = arrow.makeData({ type, length: values.length, data: BigInt64Array.from(values) });
  return new arrow.Table({ at: new arrow.Vector([data]) });
}

function timesOf(values: readonly bigint[]): Int64Column {
  const [column] = fromArrow(millisTable(values)).chunks[0]?.columns ?? [];
  if (column?.layout !== "int64") throw new Error("no times");
  return column;
}

const nearMillis = fc.bigInt({ min: -(2n ** 41n), max: 2n ** 41n });
const manyMillis = fc.array(nearMillis, { minLength: 1, maxLength: 50 }).map((few) => {
  return Array.from({ length: ROWS }, (_, i) => few[i % few.length] + BigInt(i));
});

describe("times in milliseconds, multiplied when they are read", () => {
  it("are the products, whole and in slices", () => {
    fc.assert(
      fc.property(manyMillis, fc.nat(ROWS - 1), (millis, from) => {
        const column = timesOf(millis);
        expect(column.scaled).toBeDefined();
        const micros = millis.map((value) => value * 1000n);
        expect([...column.values]).toEqual(micros);
        const slice = sliceColumn(timesOf(millis), from, ROWS);
        expect(slice.layout === "int64" && [...slice.values]).toEqual(micros.slice(from));
      }),
      { numRuns: 30 },
    );
  });

  it("are multiplied at once where doubles do not hold the products", () => {
    const millis = Array.from({ length: ROWS }, (_, i) => 2n ** 43n + BigInt(i));
    const column = timesOf(millis);
    expect(column.scaled).toBeUndefined();
    expect([...column.values]).toEqual(millis.map((value) => value * 1000n));
  });

  it("have the event times of the products", () => {
    fc.assert(
      fc.property(manyMillis, fc.boolean(), (millis, selective) => {
        const sel = selective ? Int32Array.from({ length: ROWS / 3 }, (_, i) => 3 * i + 1) : null;
        const count = sel?.length ?? ROWS;
        const column = timesOf(millis);
        const plain: Int64Column = { ...timesOf(millis), scaled: undefined };
        expect(eventTimesOf(column, { sel, count })).toEqual(eventTimesOf(plain, { sel, count }));
      }),
      { numRuns: 30 },
    );
  });
});

describe("windows of such times", () => {
  it.each(["10 seconds", "1500 microseconds", "7 milliseconds"])(
    "of %s are those of the microseconds",
    async (size) => {
      const session = new Session();
      const millis = Array.from({ length: ROWS }, (_, i) => BigInt((i * 7919) % 100_000) - 50_000n);
      const counted = async (pieces: readonly arrow.Table[], name: string): Promise<unknown> => {
        const stream = new MemoryStream(session.createDataFrame(pieces[0] ?? {}).schema);
        for (const piece of pieces) stream.add(piece);
        const counts = session.readStream
          .memory(stream)
          .groupBy(window(col("at"), size).as("w"))
          .count()
          .orderBy("w");
        const query = await counts.writeStream.outputMode("complete").memory(name).start();
        await query.processAllAvailable();
        await query.stop();
        return session.table(name).collect();
      };
      const few = Array.from({ length: ROWS / 500 }, (_, k) => millisTable(millis.slice(500 * k, 500 * (k + 1))));
      expect(await counted([millisTable(millis)], "in one")).toEqual(await counted(few, "in few"));
    },
  );
});
