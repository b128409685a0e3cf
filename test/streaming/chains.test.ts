import { describe, expect, test } from "vitest";
import type { DataFrame } from "../../src/dataframe/data-frame.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { sessionWindow } from "../../src/expressions/functions/session-window.js";
import { windowTime } from "../../src/expressions/functions/time.js";
import { window } from "../../src/expressions/functions/window.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { timestamp, utf8 } from "../../src/types/type-constructors.js";
import { at, TestMachine } from "../fakes/test-machine.js";

const columns = { at: timestamp(), user: utf8() };
type Events = MemoryStream<typeof columns>;
type Rows = readonly { at: Date; user: string }[];

/** Runs the query that `build` makes over the triggers, ends the source, and gives the rows of each trigger. */
async function run(
  triggers: readonly Rows[],
  mode: OutputMode,
  build: (events: DataFrame<{ at: ReturnType<typeof timestamp>; user: ReturnType<typeof utf8> }>) => DataFrame,
): Promise<Record<string, unknown>[][]> {
  const machine = new TestMachine();
  const stream: Events = new MemoryStream(columns);
  const frame = build(machine.session.readStream.memory(stream).withWatermark("at", "0 seconds") as never);
  const batches: Record<string, unknown>[][] = [];
  const query = await frame.writeStream
    .outputMode(mode)
    .foreachBatch(async (batch) => void batches.push(await batch.collect()))
    .start();
  for (const rows of triggers) {
    stream.add(rows);
    await query.processAllAvailable();
  }
  stream.close();
  await query.awaitTermination();
  return batches;
}

const on = (user: string, ...times: readonly string[]): Rows => times.map((time) => ({ at: at(time), user }));

describe("stateful operators in a chain", () => {
  test("a window of windows: the final rows of the inner one reach the outer one in the same trigger", async () => {
    const triggers = [on("ann", "12:01", "12:02"), on("ann", "12:06"), on("ann", "12:31"), on("ann", "13:00")];
    const batches = await run(triggers, "append", (events) => {
      const inner = events.groupBy(window("at", "5 minutes"), "user").agg({ n: count() });
      const outer = inner
        .groupBy(window(windowTime("window"), "30 minutes").as("half"))
        .agg({ windows: count(), rows: sum("n") });
      return outer.select(col("half.start").as("from"), "windows", "rows");
    });
    expect(batches).toEqual([
      [],
      [],
      [{ from: at("12:00"), windows: 2, rows: 3 }],
      [{ from: at("12:30"), windows: 1, rows: 1 }],
      [{ from: at("13:00"), windows: 1, rows: 1 }],
    ]);
  });

  test("a histogram over window counts: update takes a row back that stands for nothing any more", async () => {
    const triggers = [on("ann", "12:01"), on("bob", "12:02"), on("ann", "12:03")];
    const batches = await run(triggers, "update", (events) =>
      events.groupBy(window("at", "5 minutes"), "user").agg({ n: count() }).groupBy("n").agg({ users: count() }),
    );
    expect(batches.map((rows) => [...rows].sort((a, b) => Number(a["n"]) - Number(b["n"])))).toEqual([
      [{ n: 1, users: 1, _op: "upsert" }],
      [{ n: 1, users: 2, _op: "upsert" }],
      [
        { n: 1, users: 1, _op: "upsert" },
        { n: 2, users: 1, _op: "upsert" },
      ],
      [],
    ]);
    const taken = await run([on("ann", "12:01"), on("ann", "12:03")], "update", (events) =>
      events.groupBy(window("at", "5 minutes"), "user").agg({ n: count() }).groupBy("n").agg({ users: count() }),
    );
    expect([...taken[1]].sort((a, b) => Number(a["n"]) - Number(b["n"]))).toEqual([
      { n: 1, users: null, _op: "delete" },
      { n: 2, users: 1, _op: "upsert" },
    ]);
  });

  test("the histogram in append: nothing before its windows are final", async () => {
    const batches = await run(
      [on("ann", "12:01", "12:02"), on("bob", "12:03"), on("bob", "12:06")],
      "append",
      (events) =>
        events
          .groupBy(window("at", "5 minutes"), "user")
          .agg({ n: count() })
          .groupBy("window", "n")
          .agg({ users: count() })
          .select("n", "users"),
    );
    expect(batches.slice(0, 2)).toEqual([[], []]);
    expect([...batches[2]].sort((a, b) => Number(a["n"]) - Number(b["n"]))).toEqual([
      { n: 1, users: 1 },
      { n: 2, users: 1 },
    ]);
    expect(batches[3]).toEqual([{ n: 1, users: 1 }]);
  });

  test("duplicates are dropped before they are counted", async () => {
    const twice = on("ann", "12:01", "12:01", "12:02");
    const batches = await run([twice, [...twice, ...on("bob", "12:02")], on("ann", "12:05")], "append", (events) =>
      events.dropDuplicates("at", "user").groupBy(window("at", "5 minutes")).agg({ n: count() }).select("n"),
    );
    expect(batches).toEqual([[], [], [{ n: 3 }], [{ n: 1 }]]);
  });

  test("sessions by day", async () => {
    const triggers = [on("ann", "12:00", "12:04"), on("ann", "12:20"), on("bob", "23:58"), on("ann", "23:59:59")];
    const batches = await run(triggers, "append", (events) => {
      const sessions = events.groupBy(sessionWindow("at", "10 minutes"), "user").agg({ rows: count() });
      const days = sessions
        .groupBy(window(windowTime("session_window"), "1 day").as("day"))
        .agg({ sessions: count(), rows: sum("rows") });
      return days.select(col("day.start").as("day"), "sessions", "rows");
    });
    // Both last sessions end after midnight, so they belong to the next day.
    expect(batches.flat()).toEqual([
      { day: new Date("1970-01-01T00:00:00Z"), sessions: 2, rows: 3 },
      { day: new Date("1970-01-02T00:00:00Z"), sessions: 2, rows: 2 },
    ]);
    expect(batches).toHaveLength(5);
  });
});
