import { describe, expect, test } from "vitest";
import { count, first, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { window } from "../../src/expressions/functions/window.js";
import { explainBatch } from "../../src/plan/explain.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { int64, list, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { type Frame, fieldNames, nodesOfKind, source } from "./frame.js";

const events = source({ at: timestamp(), user: utf8(), amount: int64(), tags: list(utf8()) });
const tree = (frame: Frame): string[] =>
  explainBatch(frame.plan)
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^[ |]*\+- /, ""));

describe("projections", () => {
  test("become one", () => {
    expect(tree(events.select("user", col("amount").plus(1).as("more")).select("more"))).toEqual([
      "project [(amount + 1) AS more]",
      "scan events [at, user, amount, tags]",
    ]);
  });
  test("stay two where an expression would be evaluated twice", () => {
    expect(tree(events.select(col("amount").plus(1).as("a")).select(col("a").times(col("a")).as("b")))).toHaveLength(3);
  });
});

describe("filters", () => {
  test("go below projections that hand their columns on", () => {
    expect(
      tree(events.select("user", "at", col("tags"), col("amount").plus(1).as("more")).filter(col("user").eq("x"))),
    ).toEqual([
      "project [user, at, tags, (amount + 1) AS more]",
      "filter (user = 'x')",
      "scan events [at, user, amount, tags]",
    ]);
  });
  test("are joined in order, unless the later one can fail", () => {
    expect(tree(events.filter(col("amount").gt(1)).filter(col("user").eq("x")))[0]).toBe(
      "filter ((amount > 1) AND (user = 'x'))",
    );
    const failing = tree(events.filter(col("amount").gt(1)).filter(col("user").cast(int64()).gt(1)));
    expect(failing.filter((line) => line.startsWith("filter"))).toEqual([
      "filter (CAST(user AS bigint) > 1)",
      "filter (amount > 1)",
    ]);
  });
  test("never go below a watermark", () => {
    const { root } = planStream(events.watermark("at").select("at", "user").filter(col("user").eq("x")).plan, {
      mode: "append",
      sinkDeletes: false,
    });
    const [watermark] = nodesOfKind(root, "watermark");
    expect(nodesOfKind(watermark, "filter")).toEqual([]);
    expect(nodesOfKind(root, "filter")).toHaveLength(1);
  });
});

describe("columns that nobody reads", () => {
  test("are dropped at the scan, and aggregates with them", () => {
    const frame = events.groupBy("user").agg(sum("amount").as("total"), count().as("n")).select("user", "n");
    expect(tree(frame)).toEqual([
      "project [user, n]",
      "aggregate(user)#0 keys [user] aggregates [count() AS n]",
      "project [user]",
      "scan events [at, user, amount, tags]",
    ]);
  });
  test("are not carried through an explode", () => {
    expect(tree(events.select("*", col("tags").explode().as("tag")).groupBy("tag").agg(count()))).toContain(
      "project [tags]",
    );
  });
  test("stay below a late filter, which shows late rows whole", () => {
    const frame = events.watermark("at").groupBy(window("at", "5 minutes")).agg(count());
    const { root } = planStream(frame.plan, { mode: "append", sinkDeletes: false });
    const [filter] = nodesOfKind(root, "lateFilter");
    expect(fieldNames(filter)).toEqual(["at", "user", "amount", "tags", "window"]);
  });
  test("stay where they break ties", () => {
    expect(tree(events.orderBy("amount").limit(3).select("user"))).toEqual([
      "order by amount",
      "project [user, amount]",
      "topN(3)#0 by [amount]",
      "scan events [at, user, amount, tags]",
    ]);
    const firsts = events
      .groupBy("user", "tags")
      .agg(count().as("n"), sum("amount").as("total"))
      .groupBy("user")
      .agg(first("n").as("n"));
    expect(tree(firsts).find((line) => line.includes("#0"))).toContain("total");
  });
  test("eviction by a column follows the column", () => {
    const frame = events
      .watermark("at")
      .select("amount", "at")
      .filter(col("at").isNotNull())
      .dropDuplicates("at")
      .select("at");
    const plan = planStream(frame.plan, { mode: "append", sinkDeletes: false });
    const [drop] = nodesOfKind(plan.root, "dropDuplicates");
    const [{ path }] = drop.lifetime.evictBy;
    expect(fieldNames(drop)[Number(path)]).toBe("at");
    expect(drop.keys.map((key) => fieldNames(drop)[key])).toEqual(["at"]);
  });
});

test("the optimiser keeps names and numbers of operators", () => {
  const frame = events
    .watermark("at")
    .select("at", "user")
    .dropDuplicates("user", "at")
    .select("*")
    .groupBy(window("at", "1 minute"))
    .agg(count().as("n"))
    .filter(col("n").gt(1))
    .select("n");
  const names = (optimise: boolean): string[] => {
    const { root } = planStream(frame.plan, { mode: "append", sinkDeletes: false, optimise });
    return [...nodesOfKind(root, "dropDuplicates"), ...nodesOfKind(root, "aggregate")].map(
      ({ operatorName, operatorId }) => `${operatorName} ${operatorId}`,
    );
  };
  expect(names(true)).toEqual(names(false));
});
