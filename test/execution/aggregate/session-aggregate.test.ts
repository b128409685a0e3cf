import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registerUserAggregate } from "../../../src/expressions/user-aggregate.js";
import { NO_BOUND } from "../../../src/plan/bound-expression.js";
import {
  type AggregateSpec,
  column,
  FLOAT64,
  micros,
  type Row,
  type Sent,
  sessionAggregate,
} from "./aggregate-harness.js";
import { naiveAggregate } from "./naive-aggregate.js";

registerUserAggregate<number>({
  name: "mergeableSquares",
  type: FLOAT64,
  init: () => 0,
  add: (state, value) => state + Number(value ?? 0) ** 2,
  merge: (left, right) => left + right,
  finish: (state) => state,
});
registerUserAggregate<number>({
  name: "unmergeableSquares",
  type: FLOAT64,
  init: () => 0,
  add: (state, value) => state + Number(value ?? 0) ** 2,
  finish: (state) => state,
});

const AGGREGATES: readonly AggregateSpec[] = [
  { name: "count" },
  { name: "count", arg: "text" },
  { name: "sum", arg: "int" },
  { name: "sum", arg: "float" },
  { name: "avg", arg: "int" },
  { name: "avg", arg: "float", where: true },
  { name: "min", arg: "int" },
  { name: "max", arg: "at" },
  { name: "max", arg: "float" },
  { name: "min", arg: "text" },
  { name: "first", arg: "text" },
  { name: "last", arg: "int" },
  { name: "countDistinct", arg: "text" },
  { name: "user", arg: "int", functionId: "mergeableSquares", type: FLOAT64 },
];
const WITHOUT_MERGE: readonly AggregateSpec[] = [
  ...AGGREGATES,
  { name: "user", arg: "float", functionId: "unmergeableSquares", type: FLOAT64 },
];

const anyRow: fc.Arbitrary<Row> = fc.record({
  key: fc.constantFrom("a", "b", null),
  at: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(null)),
  int: fc.constantFrom(-1, 0, 1, 2, 4, null),
  float: fc.constantFrom(-1.5, 0, 0.25, null),
  text: fc.constantFrom("x", "xy", "a text beyond sixteen bytes", null),
  flag: fc.constantFrom(true, false, null),
  weight: fc.constantFrom(1, 1, 2),
});

const anyTrigger = fc.record({
  rows: fc.array(anyRow, { maxLength: 8 }),
  takeBack: fc.array(fc.nat(20), { maxLength: 4 }),
  options: fc.record({ cut: fc.integer({ min: 1, max: 5 }), dictionary: fc.boolean(), selective: fc.boolean() }),
});

interface NaiveSession {
  readonly key: string | null;
  readonly start: number;
  readonly end: number;
  readonly rows: Row[];
}

/** Sessions by repeated joining of ranges that touch; gap null = each row's own `int`. */
function naiveSessions(rows: readonly Row[], gap: number | null): NaiveSession[] {
  let sessions: NaiveSession[] = [];
  for (const row of rows) {
    const width = gap ?? row.int;
    if (row.at === null || width === null || width <= 0) continue;
    const fresh = { key: row.key, start: row.at, end: row.at + width, rows: [row] };
    sessions.push(fresh);
  }
  for (let joined = true; joined; ) {
    joined = false;
    for (const a of sessions) {
      const b = sessions.find(
        (other) => other !== a && other.key === a.key && other.start <= a.end && a.start <= other.end,
      );
      if (b === undefined) continue;
      const both = rows.filter((row) => a.rows.includes(row) || b.rows.includes(row));
      const union = { key: a.key, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end), rows: both };
      sessions = [...sessions.filter((other) => other !== a && other !== b), union];
      joined = true;
      break;
    }
  }
  return sessions;
}

function expectedRows(
  rows: readonly Row[],
  spec: { gap: number | null; isRetracting: boolean; aggregates: readonly AggregateSpec[] },
): Map<string, unknown[]> {
  return new Map(
    naiveSessions(rows, spec.gap).map((session) => [
      JSON.stringify([session.key, [session.start, session.end]]),
      spec.aggregates.map((aggregate) => naiveAggregate(aggregate, session.rows, spec.isRetracting)),
    ]),
  );
}

function integrate(table: Map<string, unknown[]>, sent: readonly Sent[]): void {
  const before = new Map(table);
  for (const { values, weight } of sent) {
    const name = JSON.stringify(values.slice(0, 2));
    if (weight < 0) {
      expect(table.get(name)).toEqual(values.slice(2));
      table.delete(name);
    } else {
      expect(table.has(name)).toBe(false);
      expect(before.get(name)).not.toEqual(values.slice(2));
      table.set(name, values.slice(2));
    }
  }
}

/** Rows are distinct objects, so that a naive session knows which are its own. */
function fresh(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row }));
}

const GAPS = [
  { gap: 3, expression: micros(3n) },
  { gap: null, expression: column("int") },
] as const;

describe.each(GAPS)("SessionAggregate with gap $gap", ({ gap, expression }) => {
  it.each([
    ["merging", AGGREGATES],
    ["folding", WITHOUT_MERGE],
  ] as const)("integrates its changes to the naive sessions, insert-only input, %s", (_, aggregates) => {
    fc.assert(
      fc.property(fc.array(anyTrigger, { maxLength: 5 }), (triggers) => {
        const run = sessionAggregate({
          keys: ["key"],
          aggregates,
          gap: expression,
          emission: "changes",
          retractingInput: false,
          evicts: false,
        });
        const live: Row[] = [];
        const table = new Map<string, unknown[]>();
        for (const trigger of triggers) {
          const rows = fresh(trigger.rows);
          live.push(...rows);
          integrate(table, run.trigger(rows, NO_BOUND, trigger.options));
          expect(table).toEqual(expectedRows(live, { gap, isRetracting: false, aggregates }));
          expect(run.operator.stateSize().rows).toBe(table.size);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("integrates its changes to the naive sessions, retracting input", () => {
    fc.assert(
      fc.property(fc.array(anyTrigger, { maxLength: 5 }), (triggers) => {
        const run = sessionAggregate({
          keys: ["key"],
          aggregates: AGGREGATES,
          gap: expression,
          emission: "changes",
          retractingInput: true,
          evicts: false,
        });
        const live: Row[] = [];
        const table = new Map<string, unknown[]>();
        for (const trigger of triggers) {
          const taken = trigger.takeBack.flatMap((at) => (live.length === 0 ? [] : live.splice(at % live.length, 1)));
          const rows = fresh(trigger.rows);
          live.push(...rows);
          integrate(
            table,
            run.trigger([...rows, ...taken.map((row) => ({ ...row, weight: -row.weight }))], NO_BOUND, trigger.options),
          );
          expect(table).toEqual(expectedRows(live, { gap, isRetracting: true, aggregates: AGGREGATES }));
          expect(run.operator.stateSize().rows).toBe(table.size);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each([[false], [true]])(
    "sends a session once, when its end is strictly below the bound, retracting %s",
    (isRetracting) => {
      fc.assert(
        fc.property(fc.array(anyTrigger, { maxLength: 6 }), (triggers) => {
          const run = sessionAggregate({
            keys: ["key"],
            aggregates: AGGREGATES,
            gap: expression,
            emission: "finals",
            retractingInput: isRetracting,
            evicts: true,
          });
          let live: Row[] = [];
          triggers.forEach((trigger, t) => {
            const isLate = (row: Row): boolean => row.at !== null && row.at < 5 * t;
            const rows = fresh(trigger.rows.filter((row) => !isLate(row)));
            live.push(...rows);
            const bound = 5 * (t + 1);
            const sent = run.trigger(rows, BigInt(bound), trigger.options);
            const ended = naiveSessions(live, gap).filter((session) => session.end < bound);
            const endedRows = ended.flatMap((session) => session.rows);
            const got = new Map(sent.map(({ values }) => [JSON.stringify(values.slice(0, 2)), values.slice(2)]));
            expect(sent.length).toBe(got.size);
            expect(got).toEqual(expectedRows(endedRows, { gap, isRetracting, aggregates: AGGREGATES }));
            live = live.filter((row) => !endedRows.includes(row));
            expect(run.operator.stateSize().rows).toBe(naiveSessions(live, gap).length);
          });
        }),
        { numRuns: 150 },
      );
    },
  );
});

describe("SessionAggregate", () => {
  it("keeps times beyond 2^53 microseconds exact", () => {
    // As doubles, 2^54 + 3 and 2^54 + 4 are one number.
    const far = 2 ** 54;
    const row = { key: "a", int: null, float: null, text: null, flag: null, weight: 1 };
    const rows = [
      { ...row, at: far },
      { ...row, at: far + 4 },
    ];
    for (const [gap, sessions] of [
      [3n, 2],
      [4n, 1],
    ] as const) {
      const spec = { keys: ["key"], aggregates: [{ name: "count" as const }], gap: micros(gap), evicts: false };
      const run = sessionAggregate({ ...spec, emission: "changes", retractingInput: false });
      run.trigger(rows, NO_BOUND);
      expect(run.operator.stateSize().rows).toBe(sessions);
    }
  });
});
