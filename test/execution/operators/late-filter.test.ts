import { describe, expect, test } from "vitest";
import { LateFilter } from "../../../src/execution/operators/late-filter.js";
import type { LateRowsBatch } from "../../../src/execution/operators/late-rows.js";
import type { AnalysedLateFilter, AnalysedNode, LateTest } from "../../../src/plan/analysed-node.js";
import { type BoundExpression, END_OF_TIME, NO_BOUND, type Watermarks } from "../../../src/plan/bound-expression.js";
import { date, int64, timestamp } from "../../../src/types/type-constructors.js";
import { chunk, columnRef, dependencies, Probe, rowsOf, schemaOf } from "../fixtures.js";

const input = schemaOf({ at: timestamp(), day: date(), n: int64() });
const watermark = (watermarkId: number): BoundExpression => ({ kind: "watermark", watermarkId });
const testOf = (column: string, bound: BoundExpression): LateTest => ({
  value: columnRef(input, column),
  bound,
  column,
});

function harness(tests: readonly LateTest[], watermarks: Watermarks) {
  const node: AnalysedLateFilter = {
    kind: "lateFilter",
    input: { kind: "scan", schema: input } as AnalysedNode,
    schema: input,
    tests,
    operatorName: "op#0",
  };
  const probe = new Probe();
  const late: LateRowsBatch[] = [];
  const given = dependencies(probe);
  const filter = new LateFilter(node, {
    ...given,
    watermarks: () => watermarks,
    lateRows: (batch) => late.push(batch),
  });
  return { filter, probe, metrics: given.metrics, late: () => late.splice(0).flatMap((batch) => rowsOf(batch.chunk)) };
}

const rows = [
  { at: 5n, day: 1, n: 1n },
  { at: null, day: 2, n: 2n },
  { at: 10n, day: 3, n: 3n },
  { at: 9n, day: 0, n: null },
];

describe("LateFilter", () => {
  test("drops what lies below the bound, keeps NULL and what is exactly at it, and tells of each late row", () => {
    const { filter, probe, late, metrics } = harness([testOf("at", watermark(0))], [10n]);
    filter.process(0, chunk(input, rows));
    expect(probe.take().map(({ n }) => n)).toEqual([2n, 3n]);
    expect(metrics.rowsDroppedLate).toBe(2);
    expect(late()).toEqual([
      { ...rows[0], _operator: "op#0", _bound: 10n, _lateness: 5n },
      { ...rows[3], _operator: "op#0", _bound: 10n, _lateness: 1n },
    ]);
  });

  test("hands the chunk itself on when nothing is late, and nothing when everything is", () => {
    const { filter, probe } = harness([testOf("at", watermark(0))], [5n]);
    const given = chunk(input, rows);
    filter.process(0, given);
    expect(probe.chunks.splice(0)).toEqual([given]);
    filter.process(0, chunk(input, rows, { sel: Int32Array.of(1) }));
    expect(probe.take()).toHaveLength(1);
    const ended = harness([testOf("at", watermark(0))], [END_OF_TIME]);
    ended.filter.process(0, chunk(input, rows, { sel: Int32Array.of(0, 2) }));
    expect(ended.probe.chunks).toEqual([]);
    expect(ended.metrics.rowsDroppedLate).toBe(2);
  });

  test("tests nothing while no bound is known", () => {
    const failing: LateTest = {
      ...testOf("at", watermark(0)),
      value: { kind: "column", index: 99, name: "none", type: timestamp(), nullable: true },
    };
    const { filter, probe } = harness([failing], [NO_BOUND]);
    filter.process(0, chunk(input, rows));
    expect(probe.take()).toHaveLength(4);
  });

  test("a row is late by any test, once, by the first that finds it; dates are told in microseconds, integers have no bound to tell", () => {
    const day: BoundExpression = { kind: "watermark", watermarkId: 1 };
    const { filter, probe, late } = harness([testOf("n", watermark(0)), testOf("day", day)], [3n, 2n]);
    filter.process(0, chunk(input, rows));
    expect(probe.take().map(({ n }) => n)).toEqual([3n]);
    expect(late()).toMatchObject([
      { day: 1, _bound: null, _lateness: 2n },
      { day: 2, _bound: null, _lateness: 1n },
      { day: 0, _bound: 2n * 86_400_000_000n, _lateness: 2n * 86_400_000_000n },
    ]);
  });

  test("deletions are tested like insertions, and weights are counted", () => {
    const { filter, probe, late, metrics } = harness([testOf("at", watermark(0))], [6n]);
    filter.process(0, chunk(input, [...rows, { at: 1n, day: 0, n: 9n }], { weights: [-2, 1, 1, 1, 3] }));
    expect(probe.take()).toHaveLength(3);
    expect(metrics.rowsDroppedLate).toBe(5);
    expect(late().map(({ n }) => n)).toEqual([1n, 1n, 9n, 9n, 9n]);
  });

  test("compares whole 64-bit values", () => {
    const { filter, probe } = harness([testOf("at", watermark(0))], [2n ** 40n + 7n]);
    const given = [2n ** 40n + 6n, 2n ** 40n + 7n, -1n, 2n ** 41n, 2n ** 40n - 1n].map((at) => ({ at }));
    filter.process(0, chunk(input, given));
    expect(probe.take().map(({ at }) => at)).toEqual([2n ** 40n + 7n, 2n ** 41n]);
  });

  test("strict: each row is tested by the watermark that the rows before it have moved", () => {
    const shape = { size: 10n, slide: 10n, offset: 0n, calendar: null };
    const tests = [testOf("at", { kind: "windowEnd", shape, input: watermark(0) })];
    const { filter, probe, late } = harness(tests, [0n]);
    const times = [10n, 10n, 20n, 10n, 20n].map((at) => ({ at }));
    const bounds = BigInt64Array.of(0n, 9n, 9n, 10n, 19n);
    filter.process(0, chunk(input, times, { rowBounds: { watermarkId: 0, bounds } }));
    expect(probe.take().map(({ at }) => at)).toEqual([10n, 10n, 20n, 20n]);
    expect(late()).toMatchObject([{ at: 10n, _bound: 20n, _lateness: 10n }]);
    filter.process(0, chunk(input, times, { rowBounds: { watermarkId: 7, bounds } }));
    expect(probe.take()).toHaveLength(5);
  });
});
