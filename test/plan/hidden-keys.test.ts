import { describe, expect, test } from "vitest";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { toJson } from "../../src/expressions/functions/json.js";
import { lit } from "../../src/expressions/functions/lit.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { struct } from "../../src/expressions/functions/struct.js";
import { window } from "../../src/expressions/functions/window.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { float64, int32, int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { type Frame, fieldNames, nodesOfKind, source } from "./frame.js";

const events = source({ at: timestamp(), user: utf8(), kind: int32(), price: float64(), amount: int64() }).watermark(
  "at",
);
const counts = events.groupBy("user", "kind").agg(count().as("n"));
const plan = (frame: Frame, optimise = true) => planStream(frame.plan, { mode: "update", sinkDeletes: true, optimise });
const shape = (frame: Frame): { visible: (string | undefined)[]; hidden: string[]; key: (string | undefined)[] } => {
  for (const optimise of [false, true]) {
    const { root, output } = plan(frame, optimise);
    const names = fieldNames(root);
    const found = {
      visible: names.slice(0, output.visibleCount),
      hidden: names.slice(output.visibleCount),
      key: (output.key ?? []).map((i) => names[i]),
    };
    if (optimise) return found;
  }
  throw new Error("unreachable");
};

describe("a key survives", () => {
  test.each<[string, Frame, string[]]>([
    ["as it is", counts, ["user", "kind"]],
    ["alias", counts.select(col("user").as("who"), "kind", "n"), ["who", "kind"]],
    [
      "widening and text",
      counts.select("user", col("kind").cast(int64()).as("k"), col("kind").cast(utf8()).as("text"), "n"),
      ["user", "k"],
    ],
    ["struct of exactly the key", counts.select(struct("user", "kind").as("key"), "n"), ["key"]],
    ["struct with constants", counts.select(struct(lit("v1").as("v"), "user", "kind").as("key"), "n"), ["key"]],
    [
      "toJson(struct) of exactly the key",
      counts.select(toJson(struct("user", "kind")).as("key"), toJson(struct("n")).as("value")),
      ["key"],
    ],
    ["filter", counts.filter(col("n").gt(1)), ["user", "kind"]],
  ])("%s", (_, frame, key) => {
    expect(shape(frame).hidden).toEqual([]);
    expect(shape(frame).key).toEqual(key);
    expect(plan(frame).output.visibleKey).not.toBeNull();
  });
  test("a window as its start or its end, a session as both", () => {
    const windowed = events.groupBy(window("at", "5 minutes")).agg(count().as("n"));
    expect(shape(windowed.select(col("window.end").as("end"), "n"))).toEqual({
      visible: ["end", "n"],
      hidden: [],
      key: ["end"],
    });
    const sessions = events.groupBy(sessionWindow("at", "5 minutes"), "user").agg(count().as("n"));
    expect(
      shape(sessions.select(col("session_window.start").as("from"), col("session_window.end").as("to"), "user", "n"))
        .key,
    ).toEqual(["from", "to", "user"]);
  });
});

describe("a key is handed on as hidden columns", () => {
  test("when it is dropped, through several projections", () => {
    const frame = counts.select("user", "kind", col("n").times(2).as("twice")).select("kind", "twice").select("twice");
    expect(shape(frame)).toEqual({ visible: ["twice"], hidden: ["kind", "user"], key: ["kind", "user"] });
    expect(plan(frame).output.visibleKey).toBeNull();
  });
  test("when a part is dropped, packed with other columns, or cast to something narrower", () => {
    expect(shape(counts.select("user", "n")).hidden).toEqual(["kind"]);
    expect(shape(counts.select(struct("user", "kind", "n").as("row"))).hidden).toEqual(["user", "kind"]);
    const byPrice = events.groupBy("price").agg(count().as("n"));
    expect(shape(byPrice.select(col("price").cast(utf8()).as("price"), "n")).hidden).toEqual(["price_2"]);
  });
  test("a name that is taken gets a number", () => {
    expect(shape(counts.select("kind", col("n").as("user"))).hidden).toEqual(["user_2"]);
  });
});

test("rows that never had a key are sent as they come", () => {
  const { output } = plan(events.select("user"));
  expect([output.key, output.insertOnly, output.deletes]).toEqual([null, true, false]);
});

test("rows carry _op where the plan can delete, and nowhere else", () => {
  expect(plan(counts.filter(col("n").lt(5))).output.deletes).toBe(true);
  expect(plan(counts).output.deletes).toBe(false);
  expect(planStream(counts.filter(col("n").lt(5)).plan, { mode: "changelog", sinkDeletes: true }).output.deletes).toBe(
    false,
  );
});

describe("new rows alone are sent", () => {
  const emission = (frame: Frame): string | undefined =>
    nodesOfKind(plan(frame).root, "aggregate").at(-1)?.lifetime.emission;
  test.each<[string, Frame, string]>([
    ["by the top aggregate", counts, "upserts"],
    [
      "through projections that hand every column on",
      counts.select(col("n").as("m"), "user", "kind").filter(col("m").gt(3)),
      "upserts",
    ],
    [
      "not where an unchanged row could look changed",
      events.groupBy("user").agg(count().as("n"), sum("amount").as("total")).select("user", "n"),
      "changes",
    ],
    ["not where rows can go", counts.filter(col("n").lt(3)), "changes"],
    ["not below another operator", counts.groupBy("user").agg(count()).dropDuplicates("user"), "changes"],
  ])("%s", (_, frame, expected) => expect(emission(frame)).toBe(expected));
});
