import { describe, expect, test } from "vitest";
import { StreamingRefusal } from "../../src/common/millrace-error.js";
import { count, max } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { now } from "../../src/expressions/functions/time.js";
import { window } from "../../src/expressions/functions/window.js";
import { planStream, type StreamOptions } from "../../src/plan/plan-stream.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { type Frame, fieldNames, nodesOfKind, source } from "./frame.js";

const raw = source({ at: timestamp(), seen: timestamp(), user: utf8(), amount: int64() });
const events = raw.watermark("at");
const counts = events.groupBy(window("at", "5 minutes"), "user").agg(count().as("n"));
const taken = source({ at: timestamp(), user: utf8() }, { insertOnly: false });

function refusal(frame: Frame, request: Partial<StreamOptions>): StreamingRefusal {
  try {
    planStream(frame.plan, { mode: "append", sinkDeletes: true, ...request });
  } catch (error) {
    if (error instanceof StreamingRefusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("append", () => {
  test("APPEND_NO_WATERMARK names the operator and the timestamp columns", () => {
    const error = refusal(raw.groupBy(window("at", "5 minutes")).agg(count()), { mode: "append" });
    expect(error.code).toBe("APPEND_NO_WATERMARK");
    expect(error.place).toBe("aggregate(window)#0");
    expect(error.hint).toContain('"at", "seen"');
  });
  test("APPEND_NOT_FINAL names the operator and the event time it lost, however far below", () => {
    const error = refusal(events.groupBy("user").agg(count()), { mode: "append" });
    expect([error.code, error.place]).toEqual(["APPEND_NOT_FINAL", "aggregate(user)#0"]);
    expect(error.message).toContain('The event time "at" reaches it');
    const above = refusal(counts.groupBy("user").agg(count()), { mode: "append" });
    expect(above.place).toBe("aggregate(user)#1");
    expect(above.message).toContain('"window.start", "window.end"');
    const far = refusal(events.select("user").groupBy("user").agg(count()), { mode: "append" });
    expect(far.message).toContain('The event time "at" reaches project');
  });
  test("APPEND_NOT_FINAL where another row can always take a row's place", () => {
    expect(refusal(events.orderBy("amount").limit(3), { mode: "append" }).place).toBe("topN(3)#0");
    expect(refusal(counts.limit(3), { mode: "append" }).place).toBe("limit(3)#1");
    expect(refusal(taken.watermark("at").select("user"), { mode: "append" }).place).toBe("scan events");
  });
  test("rows that can be taken back are final where a window above them closes", () => {
    const frame = taken.watermark("at").groupBy(window("at", "5 minutes")).agg(count());
    const { output } = planStream(frame.plan, { mode: "append", sinkDeletes: false });
    expect(output.insertOnly).toBe(true);
  });
  test("a distinct whose rows can be taken back is held back as an aggregate", () => {
    const { root } = planStream(taken.watermark("at").dropDuplicates().plan, { mode: "append", sinkDeletes: false });
    expect(root).toMatchObject({
      kind: "aggregate",
      aggregates: [],
      lifetime: { emission: "finals", retractingInput: true },
    });
  });
});

test("a dropDuplicates whose rows can be replaced is held back as the least row of each group", () => {
  const { root, properties } = planStream(counts.select("n", "window", "user").dropDuplicates("window").plan, {
    mode: "append",
    sinkDeletes: false,
  });
  const [, least] = nodesOfKind(root, "aggregate");
  expect(least).toMatchObject({
    operatorName: "dropDuplicates(window)#1",
    lifetime: { emission: "finals", evictBy: [{ path: "0.1" }] },
    aggregates: [{ name: "min" }],
  });
  expect(fieldNames(root)).toEqual(["n", "window", "user"]);
  expect(properties.get(root)?.kinds).toEqual({ insert: true, update: false, delete: false });
});

describe("SORT_APPEND", () => {
  test.each<[string, Frame]>([
    ["by a column that is not event time", counts.orderBy("n")],
    ["descending", counts.orderBy({ column: "window", descending: true })],
    ["rows that are sent as they come", events.orderBy("at")],
    [
      "the start of a session",
      events.groupBy("user", sessionWindow("at", "5 minutes")).agg(count()).orderBy("session_window.start"),
    ],
    ["NULLs first, which come out last", events.groupBy("at").agg(count()).orderBy("at")],
    [
      "rows released by either of two columns",
      events.groupBy(window("at", "5 minutes"), "at").agg(count()).orderBy("window"),
    ],
  ])("%s", (_, frame) => expect(refusal(frame, { mode: "append" }).code).toBe("SORT_APPEND"));

  test.each<[string, Frame]>([
    ["a window", counts.orderBy("window", "n")],
    ["its start, also renamed", counts.select(col("window.start").as("from"), "n").orderBy("from")],
    ["its end, also when it is dropped above", counts.orderBy("window.end").select("user", "n")],
    [
      "the end of a session",
      events.groupBy("user", sessionWindow("at", "5 minutes")).agg(count()).orderBy("session_window.end"),
    ],
    ["NULLs last", events.groupBy("at").agg(count()).orderBy({ column: "at", nullsFirst: false })],
  ])("not for %s", (_, frame) => {
    const { output, root } = planStream(frame.plan, { mode: "append", sinkDeletes: false });
    expect(output.orders.length).toBeGreaterThan(0);
    expect(output.visibleCount).toBeLessThanOrEqual(root.schema.fields.length);
  });
});

describe("update", () => {
  test("UPDATE_NO_KEY where rows change and nothing tells them apart", () => {
    const error = refusal(taken.select("user"), { mode: "update" });
    expect([error.code, error.place]).toEqual(["UPDATE_NO_KEY", "scan events"]);
    expect(refusal(events.orderBy("amount").limit(3), { mode: "update" }).code).toBe("UPDATE_NO_KEY");
  });
  test("UPDATE_NO_KEY where rows can go and their key is hidden", () => {
    expect(refusal(counts.filter(col("n").lt(5)).select("n"), { mode: "update" }).code).toBe("UPDATE_NO_KEY");
  });
  test("UPDATE_NEEDS_DELETE names the operator that deletes", () => {
    const error = refusal(counts.filter(col("n").lt(5)), { mode: "update", sinkDeletes: false });
    expect([error.code, error.place]).toEqual(["UPDATE_NEEDS_DELETE", "filter (n < 5)"]);
    const session = refusal(events.groupBy("user", sessionWindow("at", "5 minutes")).agg(count()), {
      mode: "update",
      sinkDeletes: false,
    });
    expect(session.place).toBe("sessionAggregate(user, session_window)#0");
  });
});

describe("IMPURE", () => {
  test("now() is data on the source, and refused on rows that can change", () => {
    const seen = events.select("user", now().as("now"));
    expect(() => planStream(seen.plan, { mode: "append", sinkDeletes: false })).not.toThrow();
    expect(() =>
      planStream(seen.groupBy("user").agg(max("now")).plan, { mode: "update", sinkDeletes: false }),
    ).not.toThrow();
    const error = refusal(counts.select("user", now().as("now")), { mode: "update" });
    expect([error.code, error.place]).toEqual(["IMPURE", "project now()"]);
    // Final rows do not change.
    expect(() =>
      planStream(counts.select("user", now().as("now")).plan, { mode: "append", sinkDeletes: false }),
    ).not.toThrow();
  });
});

test("every refusal says where and what to do", () => {
  const refused = [
    refusal(raw.groupBy("user").agg(count()), { mode: "append" }),
    refusal(events.groupBy("user").agg(count()), { mode: "append" }),
    refusal(counts.orderBy("n"), { mode: "append" }),
    refusal(taken.select("user"), { mode: "update" }),
    refusal(taken.groupBy("user").agg(count()), { mode: "update", sinkDeletes: false }),
    refusal(counts.select(now().as("now")), { mode: "changelog" }),
  ];
  expect(refused.map(({ code }) => code)).toEqual([
    "APPEND_NO_WATERMARK",
    "APPEND_NOT_FINAL",
    "SORT_APPEND",
    "UPDATE_NO_KEY",
    "UPDATE_NEEDS_DELETE",
    "IMPURE",
  ]);
  for (const { place, hint } of refused) expect([place, hint]).not.toContain(undefined);
});
