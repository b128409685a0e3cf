import { describe, expect, test } from "vitest";
import { count } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { dateTrunc, windowTime } from "../../src/expressions/functions/time.js";
import { window } from "../../src/expressions/functions/window.js";
import { planStream } from "../../src/plan/plan-stream.js";
import { bool, date, int64, list, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { type Frame, lateFilters, source } from "./frame.js";

const raw = source({ at: timestamp(), user: utf8(), amount: int64(), tags: list(utf8()), good: bool() });
const events = raw.watermark("at");
const filters = (frame: Frame, optimise = true): string[] =>
  lateFilters(planStream(frame.plan, { mode: "changelog", sinkDeletes: true, optimise }).root);

describe("an operator's own test", () => {
  test("a windowed row goes by the end of its window, a raw time by itself, a truncated one truncated", () => {
    expect(filters(events.groupBy(window("at", "5 minutes"), "user").agg(count()))).toEqual([
      "aggregate(window, user)#0: window.end < windowEnd(W0, 5 minutes)",
    ]);
    expect(filters(events.groupBy("at").agg(count()))).toEqual(["aggregate(at)#0: at < W0"]);
    expect(filters(events.groupBy(dateTrunc("day", "at").as("day")).agg(count()))).toEqual([
      "aggregate(day)#0: dateTrunc('day', at) < dateTrunc('day', W0)",
    ]);
  });
  test("a session row goes by its own time", () => {
    expect(filters(events.groupBy("user", sessionWindow("at", "5 minutes")).agg(count()))).toEqual([
      "sessionAggregate(user, session_window)#0: at < W0",
    ]);
  });
  test("dropDuplicates goes by the bounded columns it compares", () => {
    expect(filters(events.dropDuplicates("user", "at"))).toEqual(["dropDuplicates(user, at)#0: at < W0"]);
    expect(filters(events.dropDuplicates("user"))).toEqual([]);
  });
  test("a plan that never evicts drops nothing", () => {
    expect(filters(events.filter(col("amount").gt(1)).select("user"))).toEqual([]);
    expect(filters(events.groupBy("user").agg(count()))).toEqual([]);
    expect(filters(raw.groupBy(window("at", "5 minutes")).agg(count()))).toEqual([]);
  });
  test("it is the same in every mode, and with or without the optimiser", () => {
    const frame = events
      .dropDuplicates("user", "at")
      .filter(col("amount").gt(1))
      .groupBy(window("at", "5 minutes"))
      .agg(count());
    const all = (["append", "update", "complete", "changelog"] as const).map((mode) =>
      lateFilters(planStream(frame.plan, { mode, sinkDeletes: true }).root),
    );
    for (const each of all) expect(each).toEqual(filters(frame, false));
  });
  test("it is there where only append would evict", () => {
    // Above final counts the second dropDuplicates is insert-only, in other modes it is not.
    const frame = events
      .groupBy(window("at", "5 minutes"), "user")
      .agg(count().as("n"))
      .dropDuplicates()
      .groupBy("window")
      .agg(count());
    expect(filters(frame)).toHaveLength(3);
  });
});

describe("tests of the operators above", () => {
  test("are not repeated where the own test implies them", () => {
    const perDay = events
      .groupBy(window("at", "5 minutes"), "user")
      .agg(count().as("n"))
      .groupBy(dateTrunc("day", "window.end").as("day"))
      .agg(count());
    expect(filters(perDay)).toEqual([
      "aggregate(window, user)#0: window.end < windowEnd(W0, 5 minutes)",
      "aggregate(day)#1: dateTrunc('day', window.end) < dateTrunc('day', windowEnd(W0, 5 minutes))",
    ]);
    const perHour = events
      .groupBy(window("at", "5 minutes"), "user")
      .agg(count().as("n"))
      .groupBy(window("window", "1 hour").as("hour"))
      .agg(count());
    expect(filters(perHour)[0]).toBe("aggregate(window, user)#0: window.end < windowEnd(W0, 5 minutes)");
    expect(filters(events.dropDuplicates("user", "at").groupBy(window("at", "5 minutes")).agg(count()))[0]).toBe(
      "dropDuplicates(user, at)#0: at < W0",
    );
  });
  test("are pulled back through projections, for columns that are handed on", () => {
    const byDay = events.select("user", "at", col("at").cast(date()).as("day")).dropDuplicates("user", "day");
    const frame = byDay.select(col("at").as("time"), "user").groupBy("time").agg(count());
    expect(filters(frame)[0]).toBe("dropDuplicates(user, day)#0: day < CAST(W0 AS date), at < W0");
  });
  test("a row of several windows goes only when it is late for the last", () => {
    const byDay = events.select("user", "at", col("at").cast(date()).as("day")).dropDuplicates("user", "day");
    const frame = byDay.groupBy(window("at", "10 minutes", "5 minutes")).agg(count());
    expect(filters(frame)).toEqual([
      "dropDuplicates(user, day)#0: day < CAST(W0 AS date), at < windowStart(W0, 10 minutes)",
      "aggregate(window)#1: window.end < windowEnd(W0, 10 minutes)",
    ]);
  });
  test("explode hands back only tests that are the same for every element", () => {
    const byDay = events.select("at", "tags", col("at").cast(date()).as("day")).dropDuplicates("day", "tags");
    const frame = byDay.select("at", col("tags").explode().as("tag")).groupBy("at", "tag").agg(count());
    expect(filters(frame)[0]).toBe("dropDuplicates(day, tags)#0: day < CAST(W0 AS date), at < W0");
  });
  test("a row that a filter between removes is not late for the operator above it", () => {
    const byDay = events.select("user", "at", "good", col("at").cast(date()).as("day")).dropDuplicates("user", "day");
    const frame = byDay.filter(col("good")).groupBy("at").agg(count());
    expect(filters(frame)[0]).toBe(
      "dropDuplicates(user, day)#0: day < CAST(W0 AS date), CASE WHEN good THEN at END < W0",
    );
  });
  test("an operator that never evicts hands no test on", () => {
    const frame = events
      .dropDuplicates("user", "at")
      .dropDuplicates("user")
      .groupBy(dateTrunc("day", "at").as("day"))
      .agg(count());
    expect(filters(frame)[0]).toBe("dropDuplicates(user, at)#0: at < W0");
    const limited = events
      .select("user", "at", col("at").cast(date()).as("day"))
      .dropDuplicates("user", "day")
      .limit(5)
      .groupBy("at")
      .agg(count());
    expect(filters(limited)[0]).toBe("dropDuplicates(user, day)#0: day < CAST(W0 AS date)");
  });
  test("windowTime of a session is not a column of the rows below", () => {
    const sessions = events.groupBy("user", sessionWindow("at", "5 minutes")).agg(count().as("n"));
    expect(filters(sessions.groupBy(window(windowTime("session_window"), "1 hour")).agg(count()))[0]).toBe(
      "sessionAggregate(user, session_window)#0: at < W0",
    );
  });
});

describe("late policies", () => {
  const windowed = (frame: Frame): Frame => frame.groupBy(window("at", "5 minutes")).agg(count());
  test("'source' filters once, right above the watermark", () => {
    expect(filters(windowed(raw.watermark("at", { late: "source" })))).toEqual(["withWatermark(at)#0: at < W0"]);
  });
  test("a date counts as its midnight", () => {
    const days = source({ day: date() }).watermark("day", { late: "source" });
    expect(filters(days.groupBy("day").agg(count()))).toEqual([
      "withWatermark(day)#0: day < CAST(addInterval(W0, '86399999999 microseconds') AS date)",
    ]);
  });
  test("'strict' filters where 'operator' does", () => {
    expect(filters(windowed(raw.watermark("at", { late: "strict" })))).toEqual(filters(windowed(events)));
  });
  test("a union with one 'source' side still tests the other", () => {
    const both = windowed(raw.watermark("at", { late: "source" }).union(events));
    expect(filters(both)).toEqual([
      "withWatermark(at)#0: at < W0",
      "aggregate(window)#0: window.end < windowEnd(min(W0, W1), 5 minutes)",
    ]);
  });
});
