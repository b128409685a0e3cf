import { describe, expect, test } from "vitest";
import { count, first, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { analyse } from "../../src/plan/analyse.js";
import { explainBatch } from "../../src/plan/explain.js";
import { isStateful, nodesOf } from "../../src/plan/map-inputs.js";
import { namePlan } from "../../src/plan/name-plan.js";
import { fromJson, toJson } from "../../src/plan/plan-json.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { sourceName, stateName } from "../../src/plan/state-name.js";
import type { StreamingPlan } from "../../src/plan/streaming-plan.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { codeOf, Frame, source } from "./frame.js";

const events = source({ at: timestamp(), user: utf8(), amount: int64() });
const named = (frame: Frame, name: string): Frame => new Frame(namePlan(frame.plan, name));
const totals = events.groupBy("user").agg(sum("amount").as("total"));

function namesIn({ root, sources }: StreamingPlan): { operators: string[]; sources: string[] } {
  return {
    operators: [...nodesOf(root)].filter(isStateful).map(stateName),
    sources: sources.map(sourceName),
  };
}

const planOf = (frame: Frame, mode: "append" | "update" | "complete" = "update") =>
  planStream(frame.plan, { mode, sinkDeletes: true });

describe("a name belongs to", () => {
  test("a source", () => {
    const both = named(events, "old").union(events).union(named(events, "new"));
    expect(namesIn(planOf(both)).sources).toEqual(["old", "1", "new"]);
  });

  test("an operator that keeps state, however many nodes its verb becomes", () => {
    const { operators } = namesIn(planOf(named(totals, "totals").orderBy("total").limit(3), "complete"));
    expect(operators).toEqual(["totals", "1"]);
    const expressions = named(
      events.union(events).groupBy("user").agg(first("amount").as("f"), sum("amount").plus(1)),
      "x",
    );
    expect(namesIn(planOf(expressions)).operators).toEqual(["x"]);
    expect(namesIn(planOf(named(totals.orderBy("total").select("user").limit(3), "top"))).operators).toEqual([
      "0",
      "top",
    ]);
    expect(namesIn(planOf(named(events.limit(3), "few"))).operators).toEqual(["few"]);
  });

  test("a dropDuplicates that runs as an aggregate", () => {
    const latest = events.watermark("at").groupBy("at", "user").agg(count().as("n")).dropDuplicates("at");
    expect(namesIn(planOf(named(latest, "once"), "append")).operators).toEqual(["0", "once"]);
  });

  test.each([
    ["a projection", events.select("user")],
    ["a filter", events.filter(col("amount").gt(lit(1)))],
    ["a watermark", events.watermark("at")],
    ["an order without limit", events.orderBy("user")],
    ["a union", events.union(events)],
  ])("nothing else: %s", (_what, frame) => {
    expect(() => named(frame, "n")).toThrow(/NAME_MISPLACED: name\("n"\).*Call name right after/);
  });
});

test.each(["", "a b", "a/b", "..", "ä", "x".repeat(65), "12", "output"])("%j is no name", (name) => {
  expect(codeOf(() => namePlan(events.plan, name))).toBe("NAME_INVALID");
});

test.each(["a", "Orders_2-b", "x".repeat(64), "-", "0x"])("%j is a name", (name) => {
  expect(codeOf(() => namePlan(events.plan, name))).toBe("none");
});

test("a later name takes the place of an earlier one", () => {
  expect(namesIn(planOf(named(named(totals, "a"), "b"))).operators).toEqual(["b"]);
});

test("a name is unique in its query, among sources and operators", () => {
  const a = named(events, "a");
  expect(codeOf(() => analyse(a.union(a).plan))).toBe("NAME_DUPLICATE");
  expect(codeOf(() => analyse(named(a.dropDuplicates("user"), "a").plan))).toBe("NAME_DUPLICATE");
  expect(codeOf(() => analyse(named(a.dropDuplicates("user"), "b").plan))).toBe("none");
});

test("explain prints names, and JSON keeps them", () => {
  const { plan } = named(named(named(events, "orders").dropDuplicates("user"), "once").limit(3), "three");
  expect(explainBatch(plan)).toMatchInlineSnapshot(`
    "limit(3)#1 "three" by all columns
    +- dropDuplicates(user)#0 "once"
       +- scan events "orders" [at, user, amount]
    "
  `);
  const back = fromJson(JSON.parse(JSON.stringify(toJson(plan))));
  expect(back).toEqual(plan);
});

test("aggregates that nobody reads stay where the state outlives the plan", () => {
  const frame = events.groupBy("user").agg(count().as("n"), sum("amount").as("total")).select("user", "n");
  const aggregates = (durable: boolean) =>
    [...nodesOf(planStream(frame.plan, { mode: "update", sinkDeletes: true, durable }).root)].flatMap((node) =>
      node.kind === "aggregate" ? [node.aggregates.map((each) => each.outputName)] : [],
    );
  expect(aggregates(false)).toEqual([["n"]]);
  expect(aggregates(true)).toEqual([["n", "total"]]);
});
