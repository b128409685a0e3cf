import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerUserAggregate } from "../../../src/expressions/user-aggregate.js";
import { END_OF_TIME, NO_BOUND } from "../../../src/plan/bound-expression.js";
import { type Captures, DurableAggregate, type DurableCase, type WideTrigger } from "./durable-aggregate.js";
import { WINDOW_SIZE, type WideRow, wideFields, wideRow } from "./wide-rows.js";

interface Bag {
  readonly counts: Map<unknown, bigint>;
  readonly seen: Set<unknown>;
  last: unknown;
  total: number;
}
registerUserAggregate<Bag>({
  name: "bag",
  type: { kind: "float64" },
  init: () => ({ counts: new Map(), seen: new Set(), last: undefined, total: -0 }),
  add: (bag, value) => {
    bag.counts.set(value, (bag.counts.get(value) ?? 0n) + 1n);
    bag.seen.add(value);
    bag.last = [new Date(Number(value ?? 0)), value];
    bag.total += Number(value ?? 0) / (bag.seen.size + 3);
    return bag;
  },
  finish: (bag) => bag.total + Number(bag.counts.get(null) ?? 0n) + [...bag.counts.keys()].length,
});
registerUserAggregate<{ readonly sum: bigint; readonly count: number }>({
  name: "retractable",
  type: { kind: "float64" },
  init: () => ({ sum: 0n, count: 0 }),
  add: ({ sum, count }, value) => ({ sum: sum + BigInt((value as number | null) ?? 7), count: count + 1 }),
  retract: ({ sum, count }, value) => ({ sum: sum - BigInt((value as number | null) ?? 7), count: count - 1 }),
  finish: ({ sum, count }) => Number(sum) / (count + 1),
});

const ORDERED = ["text", "flag", "int", "day", "long", "at", "float", "bytes", "list", "struct"];
const AGGREGATES: DurableCase["aggregates"] = [
  { name: "count" },
  { name: "count", where: true },
  ...wideFields.map(({ name }) => ({ name: "count" as const, arg: name })),
  ...["int", "long", "float", "plain"].flatMap((arg) => [
    { name: "sum" as const, arg },
    { name: "avg" as const, arg, where: true },
  ]),
  ...ORDERED.flatMap((arg) => [
    { name: "min" as const, arg },
    { name: "max" as const, arg, where: true },
    { name: "first" as const, arg },
    { name: "last" as const, arg, where: true },
    { name: "countDistinct" as const, arg },
  ]),
  { name: "user", arg: "plain", functionId: "bag" },
  { name: "user", arg: "int", functionId: "retractable" },
];
const KEYS = [...wideFields.map(({ name }) => name), "window"];

const anyCase: fc.Arbitrary<DurableCase> = fc.record({
  keys: fc.uniqueArray(fc.constantFrom(...KEYS, "at", "window"), { maxLength: 3 }),
  aggregates: fc.array(fc.constantFrom(...AGGREGATES), { minLength: 1, maxLength: 4 }),
  emission: fc.constantFrom("changes", "upserts", "finals"),
  retractingInput: fc.boolean(),
  codegen: fc.boolean(),
});

/** Positions of live rows that are taken back first, where the input retracts. */
const anyTrigger = fc.record({
  rows: fc.array(wideRow, { maxLength: 8 }),
  takeBack: fc.array(fc.nat(30), { maxLength: 5 }),
  step: fc.constantFrom(0n, 0n, 0n, 4n, 10n),
  cut: fc.integer({ min: 1, max: 5 }),
  isDictionary: fc.boolean(),
});
type AnyTrigger = typeof anyTrigger extends fc.Arbitrary<infer T> ? T : never;

/** Rows of groups that have ended are not taken back: late filters would have dropped that. */
function hasEnded(row: WideRow, keys: readonly string[], watermark: bigint): boolean {
  const at = row["at"] as bigint | null;
  const start = (row["window"] as { start: bigint }).start;
  return (
    (keys.includes("at") && at !== null && at < watermark) ||
    (keys.includes("window") && start + WINDOW_SIZE < watermark)
  );
}

function triggersOf(drawn: readonly AnyTrigger[], { keys, retractingInput }: DurableCase): WideTrigger[] {
  let live: WideRow[] = [];
  let watermark = NO_BOUND;
  return drawn.map(({ rows, takeBack, step, cut, isDictionary }) => {
    live = live.filter((row) => !hasEnded(row, keys, watermark));
    const taken = retractingInput
      ? takeBack.flatMap((at) => (live.length === 0 ? [] : live.splice(at % live.length, 1)))
      : [];
    live.push(...rows);
    if (step > 0n) watermark = (watermark === NO_BOUND ? 0n : watermark) + step;
    const delta = [...taken.map((row) => ({ ...row, weight: -row.weight })), ...rows];
    return { rows: delta, watermark, cut, isDictionary };
  });
}

/** Many times faster than the matcher, which is asked what differs. */
function expectSame(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  expect(actual).toStrictEqual(expected);
  throw new Error("They differ in what the matcher does not see.");
}

describe("a HashAggregate restored from captures", () => {
  it("gives what the uninterrupted one gives, byte for byte, and captures the same", () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.tuple(
          fc.array(anyTrigger, { maxLength: 4 }),
          fc.array(anyTrigger, { maxLength: 3 }),
          fc.array(anyTrigger, { minLength: 1, maxLength: 4 }),
        ),
        (spec, parts) => {
          const triggers = triggersOf(parts.flat(), spec);
          const [snapshotAt, stopAt] = [parts[0].length, parts[0].length + parts[1].length];
          const unkept = new DurableAggregate(spec, false);
          const kept = new DurableAggregate(spec);
          const chain: Captures = new Map();
          const single: Captures = new Map();
          for (const [at, trigger] of triggers.slice(0, stopAt).entries()) {
            if (at === snapshotAt) kept.captureInto(chain, "snapshot");
            expectSame(kept.run(trigger), unkept.run(trigger));
            if (at >= snapshotAt) kept.captureInto(chain, "delta");
          }
          if (snapshotAt === stopAt) kept.captureInto(chain, "snapshot");
          kept.captureInto(single, "snapshot");
          const restored = [chain, single].map((captures) => {
            const operator = new DurableAggregate(spec);
            operator.restore(captures);
            expect(operator.operator.stateSize().rows).toBe(kept.operator.stateSize().rows);
            return operator;
          });
          const rest = [...triggers.slice(stopAt), { rows: [], watermark: END_OF_TIME, cut: 1, isDictionary: false }];
          for (const trigger of rest) {
            const expected = kept.run(trigger);
            expectSame(unkept.run(trigger), expected);
            const captured = kept.capture("delta");
            for (const operator of restored) {
              expectSame(operator.run(trigger), expected);
              expectSame(operator.capture("delta"), captured);
            }
          }
          const last = kept.capture("snapshot");
          for (const operator of restored) expectSame(operator.capture("snapshot"), last);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a user aggregate whose state no checkpoint can keep", () => {
  const spec = (functionId: string): DurableCase => ({
    keys: ["text"],
    aggregates: [{ name: "user", arg: "int", functionId }],
    emission: "changes",
    retractingInput: false,
    codegen: true,
  });
  registerUserAggregate<unknown>({
    name: "opaque",
    type: { kind: "float64" },
    init: () => () => 1,
    add: (state) => state,
    finish: () => 1,
  });
  registerUserAggregate<{ made: unknown }>({
    name: "turnsOpaque",
    type: { kind: "float64" },
    init: () => ({ made: null }),
    add: () => ({ made: new (class Sketch {})() }),
    finish: () => 1,
  });

  it("is refused when the operator is made, and only where it is durable", () => {
    expect(() => new DurableAggregate(spec("opaque"))).toThrow(
      /USER_STATE_NOT_STORABLE: The state of the user aggregate 'opaque' holds a function/,
    );
    expect(() => new DurableAggregate(spec("opaque"), false)).not.toThrow();
  });

  it("is refused by the first capture where it comes later", () => {
    const aggregate = new DurableAggregate(spec("turnsOpaque"));
    const [row] = fc.sample(wideRow, 1);
    aggregate.run({ rows: [row], watermark: NO_BOUND, cut: 1, isDictionary: false });
    expect(() => aggregate.capture("delta")).toThrow(/'turnsOpaque' holds an instance of Sketch/);
  });
});
