import { describe, expect, it } from "vitest";
import { rateMicroBatchEntry } from "../../src/sources/rate-micro-batch-source.js";
import { rateEntry } from "../../src/sources/rate-source.js";
import { type Offset, type Source, UNLIMITED } from "../../src/sources/source.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

const never = new AbortController().signal;

async function rows(source: Source, from: Offset, limit = UNLIMITED) {
  const { offset } = await source.latestOffset(from, limit);
  return { rows: rowsOf(await collect(source.read(from, offset, never))), offset };
}

describe("the rate source", () => {
  it("gives a second's rows when the second is over, spread over it", async () => {
    const clock = new ManualClock(10_000);
    const source = rateEntry(clock, { rowsPerSecond: "2" }).factory.open();
    const from = await source.initialOffset();
    await clock.advance(999);
    expect((await rows(source, from)).offset).toEqual(from);
    await clock.advance(1001);
    expect((await rows(source, from)).rows).toEqual([
      { timestamp: "1970-01-01T00:00:10.000Z", value: 0n },
      { timestamp: "1970-01-01T00:00:10.500Z", value: 1n },
      { timestamp: "1970-01-01T00:00:11.000Z", value: 2n },
      { timestamp: "1970-01-01T00:00:11.500Z", value: 3n },
    ]);
    expect((await rows(source, from, { ...UNLIMITED, maxRows: 3 })).rows.length).toBe(2);
  });

  it("gives a later process the same rows for an offset, and goes on with the time that has passed", async () => {
    const options = { rowsPerSecond: 5, rampUpTime: 3, numPartitions: 2 };
    const clock = new ManualClock(10_000);
    const source = rateEntry(clock, options).factory.open();
    const from = await source.initialOffset();
    await clock.advance(2500);
    const first = await rows(source, from);
    expect(JSON.stringify(first.offset)).toBe('{"start":10000,"seconds":2}');
    const laterClock = new ManualClock(14_100);
    const later = rateEntry(laterClock, options).factory.open();
    expect(rowsOf(await collect(later.read(from, first.offset, never)))).toEqual(first.rows);
    const next = await rows(later, first.offset);
    expect(next.offset).toEqual({ start: 10_000, seconds: 4 });
    expect(next.rows.map(({ value }) => value)).toEqual(expect.arrayContaining([3n]));
    const behind = rateEntry(new ManualClock(0), options).factory.open();
    expect((await behind.latestOffset(first.offset, UNLIMITED)).offset).toEqual(first.offset);
  });

  it("ramps up as Spark does", async () => {
    const clock = new ManualClock(0);
    const source = rateEntry(clock, { rowsPerSecond: 10, rampUpTime: 4 }).factory.open();
    let from = await source.initialOffset();
    const counts: number[] = [];
    for (let second = 0; second < 6; second++) {
      await clock.advance(1000);
      const { rows: found, offset } = await rows(source, from);
      counts.push(found.length);
      from = offset;
    }
    expect(counts).toEqual([2, 4, 6, 8, 10, 10]);
  });

  it("sleeps until the next second is over", async () => {
    const clock = new ManualClock(0);
    const source = rateEntry(clock, {}).factory.open();
    const waiting = source.changed(await source.initialOffset(), never);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1000);
    await waiting;
  });
});

describe("the rateMicroBatch source", () => {
  it("gives one batch per trigger, always the same", async () => {
    const options = { rowsPerBatch: 3, startTimestamp: 1000, advanceMillisPerBatch: 50 };
    const source = rateMicroBatchEntry(options).factory.open();
    const first = await rows(source, await source.initialOffset());
    expect(first.rows).toEqual([0n, 1n, 2n].map((value) => ({ timestamp: "1970-01-01T00:00:01.000Z", value })));
    const second = await rows(source, first.offset);
    expect(second.rows).toEqual([3n, 4n, 5n].map((value) => ({ timestamp: "1970-01-01T00:00:01.050Z", value })));
  });

  it("needs the size of a batch", () => {
    expect(() => rateMicroBatchEntry({})).toThrow(/OPTION_MISSING.*rowsPerBatch/);
  });
});
