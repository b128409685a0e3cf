import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StreamingRefusal } from "../../src/common/millrace-error.js";
import { lowerPlan } from "../../src/execution/lower-plan.js";
import { nextWatermarks } from "../../src/execution/next-watermark.js";
import type { Pipeline } from "../../src/execution/pipeline.js";
import { count, max, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { window } from "../../src/expressions/functions/window.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { planBatch } from "../../src/plan/plan-batch.js";
import type { LatePolicy } from "../../src/plan/plan-node.js";
import { planStream } from "../../src/plan/plan-stream.js";
import type { StreamingPlan } from "../../src/plan/streaming-plan.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { type Frame, source } from "../plan/frame.js";
import { chunk, rowsOf, schemaOf, type Values } from "./fixtures.js";

const columns = { at: timestamp(), user: utf8(), amount: int64() };
const schema = schemaOf(columns);

interface Row {
  readonly at: bigint | null;
  readonly user: string | null;
  readonly amount: bigint | null;
}
const SECOND = 1_000_000n;
const row = fc.record({
  at: fc.option(
    fc.bigInt(0n, 60n).map((second) => second * SECOND),
    { freq: 10 },
  ),
  user: fc.constantFrom("a", "b", "c", null),
  amount: fc.constantFrom(-1n, 0n, 2n, null),
});
const script = fc.array(fc.array(row, { maxLength: 6 }), { minLength: 1, maxLength: 5 });

interface Change {
  readonly row: Row;
  readonly weight: number;
}

/** One trigger: what came out, as text with weight (changelog), or op (update). */
function trigger(
  plan: StreamingPlan,
  pipeline: Pipeline,
  changes: readonly Change[],
  isLast: boolean,
): { text: string; w: number; op: number; key: string }[] {
  pipeline.beginTrigger({ batchId: 0, batchTime: 0n });
  const rows = changes.map((change) => ({ ...change.row }));
  const weights = changes.every(({ weight }) => weight === 1) ? {} : { weights: changes.map(({ weight }) => weight) };
  for (let sourceIndex = 0; sourceIndex < plan.sources.length; sourceIndex++)
    if (rows.length > 0) pipeline.push(sourceIndex, chunk(schema, rows, weights));
  const facts = pipeline.watermarks.map(({ node: { delay }, maxByPartition }) => {
    return { delay, maxByPartition, holding: new Set(maxByPartition.keys()), idle: false, ended: isLast };
  });
  const watermarks = nextWatermarks([], facts);
  pipeline.endTrigger(watermarks);
  return pipeline.takeOutput().flatMap(({ chunk: sent, op }) =>
    rowsOf(sent, { weighted: true }).map(({ w, ...values }, i) => {
      const key = (plan.output.visibleKey ?? []).map((ordinal) => values[sent.schema.fields[ordinal].name]);
      return { text: textOf(values), w: w as number, op: op === null ? 0 : op[i], key: textOf({ key }) };
    }),
  );
}

function textOf(values: Values): string {
  return JSON.stringify(values, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

/** Plans are the same for every run of a property. */
const batches = new WeakMap<Frame, StreamingPlan>();
const streams = new WeakMap<Frame, Map<OutputMode, StreamingPlan>>();

function batchOf(frame: Frame, changes: readonly Change[]): string[] {
  const plan = batches.get(frame) ?? planBatch(frame.plan);
  batches.set(frame, plan);
  return trigger(plan, lowerPlan(plan, { codegen: true }), changes, true).map(({ text }) => text);
}

function start(frame: Frame, mode: OutputMode): { plan: StreamingPlan; pipeline: Pipeline } {
  const plans = streams.get(frame) ?? new Map<OutputMode, StreamingPlan>();
  streams.set(frame, plans);
  const plan = plans.get(mode) ?? planStream(frame.plan, { mode, sinkDeletes: true });
  plans.set(mode, plan);
  return { plan, pipeline: lowerPlan(plan, { codegen: true, checkBounds: true }) };
}

/** null: refused, or the key is not among the rows, so that upserts cannot be applied here. */
function startUpdate(frame: Frame): ReturnType<typeof start> | null {
  try {
    const update = start(frame, "update");
    return update.plan.output.visibleKey === null ? null : update;
  } catch (error) {
    if (error instanceof StreamingRefusal && error.code === "UPDATE_NO_KEY") return null;
    throw error;
  }
}

const frames: Record<string, (events: Frame) => Frame> = {
  windows: (events) =>
    events.groupBy(window("at", "20 seconds", "8 seconds"), "user").agg(count().as("n"), sum("amount").as("total")),
  counts: (events) =>
    events.groupBy("user").agg(count().as("n")).groupBy("n").agg(count().as("users"), max("user").as("last")),
  distinct: (events) => events.select("user", "amount").dropDuplicates(),
  "first of a retracting edge": (events) =>
    events.groupBy("user", "amount").agg(count().as("n")).dropDuplicates("user"),
  top: (events) => events.orderBy({ column: "amount", descending: true }, "user").limit(3),
  "top of a retracting edge": (events) =>
    events.groupBy("user").agg(sum("amount").as("total")).orderBy("total").limit(2),
  "limit of a retracting edge": (events) => events.groupBy("user", "at").agg(count().as("n")).limit(2),
  union: (events) => events.select("user", "amount").union(events.groupBy("user").agg(sum("amount").as("amount"))),
  "filter above": (events) =>
    events.groupBy("user").agg(sum("amount").as("total")).filter(col("total").gt(1)).select("user"),
};

describe.each(Object.entries(frames))("%s", (_name, make) => {
  test.each([true, false])(
    "law 3: after every trigger every mode gives the batch over the rows so far (insert-only: %s)",
    (insertOnly) => {
      const frame = make(source(columns, { insertOnly }));
      fc.assert(
        fc.property(script, fc.infiniteStream(fc.nat(3)), (triggers, dice) => {
          const changelog = start(frame, "changelog");
          const complete = start(frame, "complete");
          const update = startUpdate(frame);
          const live: Row[] = [];
          const added = new Map<string, number>();
          const upserted = new Map<string, string>();
          for (const rows of triggers) {
            const changes: Change[] = [];
            for (const each of rows) {
              changes.push({ row: each, weight: 1 });
              live.push(each);
              if (insertOnly || dice.next().value !== 0) continue;
              const [gone] = live.splice(dice.next().value % live.length, 1);
              changes.push({ row: gone, weight: -1 });
            }
            const wanted = batchOf(frame, asInserts(live)).sort();
            const log = trigger(changelog.plan, changelog.pipeline, changes, false);
            for (const { text, w } of log) added.set(text, (added.get(text) ?? 0) + w);
            // Law 17: nothing is both taken away and added, and what is taken away comes first.
            if (!changelog.plan.output.insertOnly) expect(new Set(log.map(({ text }) => text)).size).toBe(log.length);
            expect(log.map(({ w }) => w > 0)).toEqual(log.map(({ w }) => w > 0).sort());
            expect([...added].flatMap(([text, w]) => Array.from({ length: w }, () => text)).sort()).toEqual(wanted);
            expect(
              trigger(complete.plan, complete.pipeline, changes, false)
                .map(({ text }) => text)
                .sort(),
            ).toEqual(wanted);
            if (update === null) continue;
            for (const { text, op, key } of trigger(update.plan, update.pipeline, changes, false)) {
              if (op === 1) expect(upserted.delete(key)).toBe(true);
              else upserted.set(key, text);
            }
            expect([...upserted.values()].sort()).toEqual(wanted);
          }
        }),
        { numRuns: 25 },
      );
    },
  );
});

const finals: Record<string, (events: Frame) => Frame> = {
  tumbling: (events) => events.groupBy(window("at", "10 seconds"), "user").agg(count().as("n")),
  sliding: (events) => events.groupBy(window("at", "20 seconds", "8 seconds")).agg(sum("amount").as("total")),
  chained: (events) =>
    events
      .groupBy(window("at", "10 seconds"), "user")
      .agg(count().as("n"))
      .groupBy(window("window", "30 seconds").as("wide"))
      .agg(max("n").as("most")),
  "first by time": (events) =>
    events.dropDuplicates("user", "at").groupBy(window("at", "15 seconds")).agg(count().as("n")),
  unions: (events) =>
    events
      .select("at", "user")
      .union(events.select("at", "user"))
      .groupBy(window("at", "10 seconds"))
      .agg(count().as("n")),
};

const asInserts = (rows: readonly Row[]): Change[] => rows.map((each) => ({ row: each, weight: 1 }));

describe.each(Object.entries(finals))("final rows: %s", (_name, make) => {
  const delayed = new Map<string, Frame>();
  const frameOf = (delay: bigint, late: LatePolicy): Frame => {
    const name = `${delay} ${late}`;
    const frame = delayed.get(name) ?? make(source(columns).watermark("at", { delay: delay * SECOND, late }));
    delayed.set(name, frame);
    return frame;
  };
  const delays = fc.constantFrom(0n, 4n, 11n);
  const unbounded = make(source(columns));

  test.each(["operator", "source", "strict"] as const)(
    "laws 4, 5 and 8: append sends what the changelog adds up to, each row once, for good (late: %s)",
    (late) => {
      fc.assert(
        fc.property(script, delays, (triggers, delay) => {
          const { plan, pipeline } = start(frameOf(delay, late), "append");
          const other = start(frameOf(delay, late), "changelog");
          const sent: string[] = [];
          const added = new Map<string, number>();
          for (const [i, rows] of [...triggers, []].entries()) {
            const isLast = i === triggers.length;
            sent.push(...trigger(plan, pipeline, asInserts(rows), isLast).map(({ text }) => text));
            for (const { text, w } of trigger(other.plan, other.pipeline, asInserts(rows), isLast))
              added.set(text, (added.get(text) ?? 0) + w);
            for (const text of sent) expect(added.get(text)).toBe(1);
          }
          expect(sent.sort()).toEqual([...added].flatMap(([text, w]) => Array.from({ length: w }, () => text)).sort());
          expect(pipeline.operatorMetrics().reduce((rows, { numRowsTotal }) => rows + numRowsTotal, 0)).toBe(0);
        }),
        { numRuns: 25 },
      );
    },
  );

  test("law 2: without late rows it is the batch, however the rows are cut", () => {
    fc.assert(
      fc.property(script, (triggers) => {
        const wanted = batchOf(unbounded, asInserts(triggers.flat())).sort();
        for (const cut of cutsOf(triggers))
          expect(finalRows(frameOf(60n, "operator"), cut)).toEqual({ rows: wanted, late: 0 });
      }),
      { numRuns: 20 },
    );
  });

  // Rows of two sources have no order of their own: it is the cut that says which of them come first.
  const isOneSource = start(frameOf(0n, "strict"), "append").plan.sources.length === 1;
  if (!isOneSource) return;
  test("late 'strict': which rows are late does not depend on how they are cut", () => {
    fc.assert(
      fc.property(script, delays, (triggers, delay) => {
        const [whole, ...others] = cutsOf(triggers).map((cut) => finalRows(frameOf(delay, "strict"), cut));
        for (const other of others) expect(other).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

/** The same rows in the given triggers, in one, and in one each. */
function cutsOf(triggers: readonly (readonly Row[])[]): (readonly Row[])[][] {
  return [[triggers.flat()], [...triggers], triggers.flat().map((each) => [each])];
}

function finalRows(frame: Frame, cut: readonly (readonly Row[])[]): { rows: string[]; late: number } {
  const { plan, pipeline } = start(frame, "append");
  const sent = [...cut, []].flatMap((rows, i) => trigger(plan, pipeline, asInserts(rows), i === cut.length));
  const late = pipeline.takeLateRows().reduce((total, { chunk: { length } }) => total + length, 0);
  return { rows: sent.map(({ text }) => text).sort(), late };
}
