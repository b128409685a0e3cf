import { describe, expect, test } from "vitest";
import { count, max } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { dateTrunc, windowTime } from "../../src/expressions/functions/time.js";
import { window } from "../../src/expressions/functions/window.js";
import { boundText } from "../../src/plan/bound-text.js";
import { pathText } from "../../src/plan/path-text.js";
import { planStream, type StreamOptions } from "../../src/plan/plan-stream.js";
import { isInsertOnly } from "../../src/plan/properties.js";
import { date, int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { codeOf, type Frame, lateFilters, nodesOfKind, source } from "./frame.js";

const columns = { at: timestamp(), user: utf8(), amount: int64(), until: timestamp() };
const raw = source(columns);
const events = raw.watermark("at");
const counts = events.groupBy(window("at", "10 seconds"), "user").agg(count().as("n"));

const plan = (frame: Frame, mode: StreamOptions["mode"]) => planStream(frame.plan, { mode, sinkDeletes: true });
const bounds = (frame: Frame, mode: StreamOptions["mode"] = "changelog"): Record<string, string> => {
  const { root, properties } = plan(frame, mode);
  return Object.fromEntries(
    [...(properties.get(root)?.bounds ?? [])].map(([path, bound]) => [pathText(path, root.schema), boundText(bound)]),
  );
};
const lifetimes = (frame: Frame, mode: StreamOptions["mode"]) => {
  const { root } = plan(frame, mode);
  return nodesOfKind(root, "aggregate").map(({ lifetime: { emission, evictBy, retractingInput } }) => [
    emission,
    evictBy.map(({ path }) => path),
    retractingInput,
  ]);
};

describe("chains of incremental.md 5.6", () => {
  test("window count, filter, project: final at the count, the rest insert-only", () => {
    const frame = counts.filter(col("n").gt(5)).select("user", "n");
    const { output } = plan(frame, "append");
    expect(output.insertOnly).toBe(true);
    expect(lifetimes(frame, "append")).toEqual([["finals", ["0.1"], false]]);
  });
  test("window count by day: final at both", () => {
    const frame = counts.groupBy(dateTrunc("day", "window.end").as("day")).agg(count().as("n"));
    expect(lifetimes(frame, "append")).toEqual([
      ["finals", ["0.1"], false],
      ["finals", ["0"], false],
    ]);
    expect(lifetimes(frame, "changelog")).toEqual([
      ["changes", ["0.1"], false],
      ["changes", ["0"], true],
    ]);
  });
  test("window count, greatest of all: never final", () => {
    const frame = counts.groupBy().agg(max("n").as("most"));
    expect(codeOf(() => plan(frame, "append"))).toBe("APPEND_NOT_FINAL");
    for (const mode of ["update", "complete", "changelog"] as const)
      expect(codeOf(() => plan(frame, mode))).toBe("none");
  });
  test("dropDuplicates below a window count: insert-only, keeps the bound", () => {
    const frame = events.dropDuplicates("user", "at").groupBy(window("at", "10 seconds")).agg(count());
    expect(lifetimes(frame, "append")).toEqual([["finals", ["0.1"], false]]);
    expect(
      nodesOfKind(plan(frame, "append").root, "dropDuplicates")[0].lifetime.evictBy.map(({ path }) => path),
    ).toEqual(["0"]);
  });
  test("append finalises below, so operators above keep the state of insert-only input", () => {
    const { root, properties } = plan(counts.dropDuplicates("window", "user"), "append");
    for (const node of nodesOfKind(root, "dropDuplicates")) expect(node.lifetime.retractingInput).toBe(false);
    for (const [, edge] of properties) expect(isInsertOnly(edge)).toBe(true);
  });
});

describe("bounds", () => {
  test("windows bound start and end, and members keep them through projections", () => {
    expect(bounds(counts)).toEqual({
      "window.start": "windowStart(W0, 10 seconds)",
      "window.end": "windowEnd(W0, 10 seconds)",
    });
    expect(bounds(counts.select("window", "n"))).toEqual(bounds(counts));
    expect(bounds(counts.select(col("window").getField("end").as("end")))).toEqual({
      end: "windowEnd(W0, 10 seconds)",
    });
    expect(bounds(counts.select(windowTime("window").as("t")))).toEqual({
      t: "addInterval(windowEnd(W0, 10 seconds), '-1 microsecond')",
    });
  });
  test("monotone functions and casts hand a bound on, others end it", () => {
    const frame = events.select(
      dateTrunc("hour", "at").as("hour"),
      col("at").cast(date()).as("day"),
      col("amount"),
      col("at").cast(utf8()).as("text"),
    );
    expect(bounds(frame)).toEqual({ hour: "dateTrunc('hour', W0)", day: "CAST(W0 AS date)" });
  });
  test("a filter hands a bound over an inequality", () => {
    expect(bounds(events.filter(col("at").le(col("until"))))).toEqual({ at: "W0", until: "W0" });
    expect(bounds(events.filter(col("until").gt(col("at")).and(col("amount").gt(1))))).toEqual({
      at: "W0",
      until: "W0",
    });
    expect(bounds(events.filter(col("at").ge(col("until"))))).toEqual({ at: "W0" });
    expect(bounds(events.filter(col("at").le(col("until").addInterval("1 minute"))))).toEqual({
      at: "W0",
      until: "addInterval(W0, '-60000000 microseconds')",
    });
    expect(bounds(events.filter(col("at").le(col("until")).or(col("amount").gt(1))))).toEqual({ at: "W0" });
  });
  test("a union has the least of its inputs, and none where one has none", () => {
    expect(bounds(events.union(events))).toEqual({ at: "min(W0, W1)" });
    expect(bounds(events.union(raw))).toEqual({});
  });
  test("a session's end has the bound of its time, its start has none", () => {
    expect(bounds(events.groupBy("user", sessionWindow("at", "5 seconds")).agg(count()))).toEqual({
      "session_window.end": "W0",
    });
  });
  test("aggregates have none, and neither have the best rows of all", () => {
    expect(bounds(events.groupBy("user").agg(max("at")))).toEqual({});
    expect(bounds(events.orderBy("amount").limit(3))).toEqual({});
    expect(bounds(events.limit(3))).toEqual({ at: "W0" });
  });
  test("the least column that survives a replaced row is the one compared", () => {
    const retracting = source(columns, { insertOnly: false }).watermark("at");
    expect(bounds(retracting.dropDuplicates("user"))).toEqual({});
    expect(bounds(retracting.dropDuplicates("at", "user"))).toEqual({ at: "W0" });
    expect(bounds(events.dropDuplicates("user"))).toEqual({ at: "W0" });
  });
  test("late: 'never' promises nothing, so append has nothing to go by", () => {
    const never = raw.watermark("at", { late: "never" }).groupBy(window("at", "10 seconds")).agg(count());
    expect(bounds(never)).toEqual({});
    expect(codeOf(() => plan(never, "append"))).toBe("APPEND_NOT_FINAL");
    expect(lateFilters(plan(never, "update").root)).toEqual([]);
    expect(lifetimes(never, "complete")).toEqual([["changes", [], false]]);
  });
});

describe("change kinds", () => {
  const kinds = (frame: Frame): string => {
    const { root, properties } = plan(frame, "changelog");
    const edge = properties.get(root);
    return `I${edge?.kinds.update ? "U" : ""}${edge?.kinds.delete ? "D" : ""}`;
  };
  const taken = source(columns, { insertOnly: false });

  test.each<[string, Frame]>([
    ["I", raw.filter(col("amount").gt(1)).select("user")],
    ["IUD", taken.select("user")],
    ["IU", raw.groupBy("user").agg(count())],
    ["IUD", taken.groupBy("user").agg(count())],
    ["IU", taken.groupBy().agg(count())],
    ["ID", raw.groupBy(sessionWindow("at", "1 second")).agg(count())],
    ["I", raw.dropDuplicates()],
    ["ID", taken.dropDuplicates()],
    ["IUD", taken.dropDuplicates("user")],
    ["I", raw.limit(2)],
    ["IUD", raw.orderBy("at").limit(2)],
    ["IU", raw.orderBy("at").limit(1)],
    ["IU", counts.filter(col("n").ge(5))],
    ["IU", counts.filter(col("n").ge(5).and(col("user").eq("x")))],
    ["IUD", counts.filter(col("n").le(5))],
    ["IUD", counts.filter(col("n").cast(utf8()).ge("5"))],
    ["IU", raw.groupBy("user").agg(max("at").as("last")).filter(col("last").gt("2020-01-01"))],
    // A changed row stays in its group where the group is computed from its key.
    ["IU", counts.groupBy("user").agg(count())],
    ["IUD", counts.groupBy("n").agg(count())],
  ])("%s", (expected, frame) => expect(kinds(frame)).toBe(expected));
});
