import fc from "fast-check";
import { expect, test } from "vitest";
import { StreamingRefusal } from "../../src/common/millrace-error.js";
import { count, first, max, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { window } from "../../src/expressions/functions/window.js";
import { schemaOf } from "../../src/plan/analyse.js";
import { explainStream } from "../../src/plan/explain.js";
import { isEnding } from "../../src/plan/lifetimes.js";
import { nodesOf } from "../../src/plan/map-inputs.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { planBatch } from "../../src/plan/plan-batch.js";
import { fromJson, toJson } from "../../src/plan/plan-json.js";
import { planStream } from "../../src/plan/plan-stream.js";
import type { StreamingPlan } from "../../src/plan/streaming-plan.js";
import { date, int64, list, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { checkPlan } from "./check-plan.js";
import { type Frame, lateFilters, source } from "./frame.js";

const MODES: readonly OutputMode[] = ["append", "update", "complete", "changelog"];

/** Every step keeps the columns at, user, amount and tags, so that any step may follow any other. */
const KEPT = ["at", "user", "amount", "tags"];
type Step = (frame: Frame) => Frame;
const windowed = (frame: Frame): Frame =>
  frame
    .groupBy(window("at", "10 seconds", "5 seconds"), "user")
    .agg(sum("amount").as("amount"), first("tags").as("tags"));
const steps: Record<string, Step> = {
  project: (frame) => frame.select("user", "at", col("amount").plus(1).as("amount"), "tags"),
  filterAmount: (frame) => frame.filter(col("amount").ge(2)),
  filterUser: (frame) => frame.filter(col("user").isNotNull()),
  explode: (frame) => frame.select("at", col("tags").explode().as("user"), "amount", "tags"),
  window: (frame) =>
    frame
      .select("*", window("at", "10 seconds").as("w"))
      .select("user", "amount", "tags", col("w").getField("end").as("at")),
  aggregate: (frame) => frame.groupBy("user").agg(max("at").as("at"), count().as("amount"), first("tags").as("tags")),
  timed: (frame) => frame.groupBy("at", "user").agg(count().as("amount"), first("tags").as("tags")),
  windowed: (frame) => windowed(frame).select(col("window.end").as("at"), "user", "amount", "tags"),
  session: (frame) =>
    frame
      .groupBy("user", sessionWindow("at", "5 seconds").as("s"))
      .agg(sum("amount").as("amount"), max("tags").as("tags"))
      .select("user", col("s").getField("end").as("at"), "amount", "tags"),
  global: (frame) =>
    frame.groupBy().agg(max("at").as("at"), max("user").as("user"), count().as("amount"), max("tags").as("tags")),
  distinct: (frame) => frame.dropDuplicates(),
  dropDuplicates: (frame) => frame.dropDuplicates("at", "user"),
  dropByUser: (frame) => frame.dropDuplicates("user"),
  dropByDay: (frame) =>
    frame
      .select("*", col("at").cast(date()).as("day"))
      .dropDuplicates("day", "user")
      .select("tags", "user", "amount", "at"),
  limit: (frame) => frame.limit(3),
  top: (frame) => frame.orderBy({ column: "amount", descending: true }).select("user", "tags", "at", "amount").limit(2),
  sort: (frame) => frame.orderBy("at", col("amount").plus(lit(1))),
  union: (frame) =>
    frame
      .select("at", "user", "amount", "tags")
      .union(frame.filter(col("amount").gt(1)).select("at", "user", "amount", "tags")),
};

const frames = fc
  .record({
    insertOnly: fc.boolean(),
    late: fc.constantFrom("operator", "source", "strict", "never", null),
    below: fc.array(fc.constantFrom("project", "filterUser", "explode", "window"), { maxLength: 2 }),
    above: fc.array(fc.constantFrom(...Object.keys(steps)), { maxLength: 5 }),
    narrow: fc.constantFrom<string[][]>(["*"], ["amount"], ["user", "amount"]),
  })
  .map(({ insertOnly, late, below, above, narrow }) => {
    const apply = (frame: Frame, names: readonly string[]): Frame =>
      names.reduce((each, name) => steps[name](each), frame);
    const linear = apply(
      source({ at: timestamp(), user: utf8(), amount: int64(), tags: list(utf8()) }, { insertOnly }),
      below,
    );
    return apply(late === null ? linear : linear.watermark("at", { late }), above).select(...narrow);
  });

function tryPlan(frame: Frame, request: Parameters<typeof planStream>[1]): StreamingPlan | string {
  try {
    return planStream(frame.plan, request);
  } catch (error) {
    if (error instanceof StreamingRefusal) return error.code;
    throw error;
  }
}

const runs = { numRuns: 150 };

test("every plan fits together, optimised or not, and is accepted or refused alike", () => {
  fc.assert(
    fc.property(frames, fc.constantFrom(...MODES), (frame, mode) => {
      const [plain, optimised] = [false, true].map((optimise) => tryPlan(frame, { mode, sinkDeletes: true, optimise }));
      if (typeof plain === "string" || typeof optimised === "string") {
        expect(optimised).toBe(plain);
        return;
      }
      for (const plan of [plain, optimised]) {
        checkPlan(plan.root);
        expect(plan.output.visible.fields.map(({ name }) => name)).toEqual(
          schemaOf(frame.plan).fields.map(({ name }) => name),
        );
        expect(explainStream(plan)).toContain(mode);
      }
      expect(lateFilters(optimised.root)).toEqual(lateFilters(plain.root));
      expect([optimised.output.key, optimised.output.deletes, optimised.output.orders.length]).toEqual([
        plain.output.key,
        plain.output.deletes,
        plain.output.orders.length,
      ]);
    }),
    runs,
  );
});

test("late filters are the same in every mode", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      const plans = MODES.map((mode) => tryPlan(frame, { mode, sinkDeletes: true, optimise: false }));
      const filters = plans.flatMap((plan) => (typeof plan === "string" ? [] : [lateFilters(plan.root)]));
      for (const each of filters) expect(each).toEqual(filters[0]);
    }),
    runs,
  );
});

test("append sends final rows only, and every other mode keeps what the filters let in", () => {
  fc.assert(
    fc.property(frames, (frame) => {
      const append = tryPlan(frame, { mode: "append", sinkDeletes: false });
      if (typeof append !== "string") expect(append.output.insertOnly).toBe(true);
      const changelog = tryPlan(frame, { mode: "changelog", sinkDeletes: false });
      if (typeof changelog === "string") throw new Error(`changelog refused: ${changelog}`);
      for (const node of nodesOf(changelog.root)) if (isEnding(node)) expect(node.lifetime.emission).toBe("changes");
    }),
    runs,
  );
});

test("batch plans fit together, optimised or not, and survive JSON", () => {
  fc.assert(
    fc.property(frames, fc.boolean(), (frame, optimise) => {
      const { root } = planBatch(frame.plan, { optimise });
      checkPlan(root);
      expect([...nodesOf(root)].filter((node) => node.kind === "lateFilter")).toEqual([]);
      expect(fromJson(toJson(frame.plan))).toEqual(frame.plan);
    }),
    runs,
  );
});

test("KEPT names what every step keeps", () => {
  const base = source({ at: timestamp(), user: utf8(), amount: int64(), tags: list(utf8()) });
  for (const step of Object.values(steps)) {
    expect(
      schemaOf(step(base).plan)
        .fields.map(({ name }) => name)
        .sort(),
    ).toEqual(expect.arrayContaining([...KEPT].sort()));
  }
});
