import fc from "fast-check";
import { describe, test } from "vitest";
import { registerUserAggregate } from "../../../src/expressions/user-aggregate.js";
import { anyCut, expectRoundTrip, type Subject } from "../round-trip.js";
import { type AggregateSpec, column, FLOAT64, micros, type Row, sessionAggregate } from "./aggregate-harness.js";

registerUserAggregate<number>({
  name: "unmergeableSum",
  type: FLOAT64,
  init: () => 0,
  add: (state, value) => state + Number(value ?? 0),
  finish: (state) => state,
});

const AGGREGATES: readonly AggregateSpec[] = [
  { name: "count" },
  { name: "sum", arg: "float", where: true },
  { name: "avg", arg: "int" },
  { name: "min", arg: "text" },
  { name: "max", arg: "float" },
  { name: "first", arg: "text" },
  { name: "last", arg: "int" },
  { name: "countDistinct", arg: "text" },
];
const UNMERGEABLE: AggregateSpec = { name: "user", arg: "int", functionId: "unmergeableSum", type: FLOAT64 };

const anyRow: fc.Arbitrary<Row> = fc.record({
  key: fc.constantFrom("a", "b", null),
  at: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(null)),
  int: fc.constantFrom(-1, 0, 1, 2, 4, null),
  float: fc.constantFrom(-1.5, 0, 0.25, null),
  text: fc.constantFrom("x", "xy", "a text beyond sixteen bytes", null),
  flag: fc.constantFrom(true, false, null),
  weight: fc.constantFrom(1, 1, 2),
});
const anyStep = fc.record({
  rows: fc.array(anyRow, { maxLength: 6 }),
  takeBack: fc.array(fc.nat(20), { maxLength: 4 }),
  step: fc.nat(4),
});
const anySteps = fc.array(anyStep, { minLength: 1, maxLength: 10 });

interface Trigger {
  readonly rows: readonly Row[];
  readonly watermark: bigint;
}

/** Rows in time, and what takes some of those back that are still in time. */
function triggersOf(
  steps: readonly (typeof anyStep extends fc.Arbitrary<infer T> ? T : never)[],
  retracts: boolean,
): Trigger[] {
  const live: Row[] = [];
  let watermark = 0;
  return steps.map(({ rows, takeBack, step }) => {
    const isInTime = ({ at }: Row): boolean => at === null || at >= watermark;
    const come = rows.filter(isInTime);
    live.push(...come);
    const gone = retracts
      ? takeBack.flatMap((i) => (i < live.length && isInTime(live[i]) ? live.splice(i, 1) : []))
      : [];
    watermark += step;
    const trigger = { rows: [...come, ...gone.map((row) => ({ ...row, weight: -row.weight }))] };
    return { ...trigger, watermark: BigInt(watermark) };
  });
}

describe("a restart goes unnoticed", () => {
  test.each([
    { name: "merged", retracts: false, aggregates: AGGREGATES },
    { name: "folded again, in order of arrival", retracts: false, aggregates: [...AGGREGATES, UNMERGEABLE] },
    { name: "folded again, rows taken back", retracts: true, aggregates: [...AGGREGATES, UNMERGEABLE] },
  ])("sessions: $name", ({ retracts, aggregates }) => {
    const gap = fc.constantFrom(micros(3n), column("int"));
    const emission = fc.constantFrom("changes" as const, "finals" as const);
    fc.assert(
      fc.property(anySteps, gap, emission, anyCut, (steps, width, sends, cut) => {
        const make = (): Subject<Trigger> => {
          const { operator, trigger } = sessionAggregate({
            keys: ["key"],
            gap: width,
            aggregates,
            emission: sends,
            retractingInput: retracts,
            evicts: true,
            durable: true,
          });
          const parts = operator.stateParts?.() ?? [];
          return { parts, run: ({ rows, watermark }) => [trigger(rows, watermark), operator.stateSize().rows] };
        };
        expectRoundTrip(make, triggersOf(steps, retracts), cut);
      }),
    );
  });
});
