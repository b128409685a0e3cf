import { describe, expect, test } from "vitest";
import { lowerPlan } from "../../src/execution/lower-plan.js";
import type { Pipeline } from "../../src/execution/pipeline.js";
import { count, sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { window } from "../../src/expressions/functions/window.js";
import { type AnalysedAggregate, type AnalysedScan, KEEP_FOR_EVER } from "../../src/plan/analysed-node.js";
import { END_OF_TIME } from "../../src/plan/bound-expression.js";
import type { OutputMode } from "../../src/plan/output-mode.js";
import { planBatch } from "../../src/plan/plan-batch.js";
import { planStream } from "../../src/plan/plan-stream.js";
import type { StreamingPlan } from "../../src/plan/streaming-plan.js";
import { int64, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { type Frame, source } from "../plan/frame.js";
import { chunk, columnRef, rowsOf, schemaOf, type Values } from "./fixtures.js";

const eventColumns = { at: timestamp(), user: utf8(), amount: int64() };
const events = schemaOf(eventColumns);
const SECOND = 1_000_000n;

/** One trigger; the new watermarks are given. Rows as [seconds, user, amount]. */
function run(
  pipeline: Pipeline,
  rows: [number | null, string, number][],
  watermarks: (bigint | number)[],
  extra: { weights?: number[] } = {},
): Values[] {
  pipeline.beginTrigger({ batchId: 0, batchTime: 0n });
  const objects = rows.map(([at, user, amount]) => ({
    at: at === null ? null : BigInt(at) * SECOND,
    user,
    amount: BigInt(amount),
  }));
  if (rows.length > 0) pipeline.push(0, chunk(events, objects, extra));
  pipeline.endTrigger(watermarks.map((each) => (typeof each === "bigint" ? each : BigInt(each) * SECOND)));
  return pipeline
    .takeOutput()
    .flatMap((batch) =>
      rowsOf(batch.chunk, { weighted: batch.chunk.weights !== null }).map((row, i) =>
        batch.op === null ? row : { ...row, op: batch.op[i] },
      ),
    );
}

function start(frame: Frame, mode: OutputMode): Pipeline {
  return lowerPlan(planStream(frame.plan, { mode, sinkDeletes: true }), { codegen: true, checkBounds: true });
}

const counts = source(eventColumns)
  .watermark("at", { delay: 2n * SECOND })
  .groupBy(window("at", "10 seconds"), "user")
  .agg(count().as("n"), sum("amount").as("total"))
  .select(col("window").getField("start").as("start"), "user", "n", "total");

const at = (seconds: number): bigint => BigInt(seconds) * SECOND;

describe("pipeline", () => {
  test("append sends a window once, when the watermark has passed its end", () => {
    const pipeline = start(counts, "append");
    expect(
      run(
        pipeline,
        [
          [1, "a", 5],
          [2, "a", 6],
          [11, "b", 1],
        ],
        [9],
      ),
    ).toEqual([]);
    expect(run(pipeline, [[12, "b", 2]], [10])).toEqual([{ start: at(0), user: "a", n: 2n, total: 11n }]);
    expect(run(pipeline, [], [END_OF_TIME])).toEqual([{ start: at(10), user: "b", n: 2n, total: 3n }]);
    expect(pipeline.operatorMetrics()[0].numRowsTotal).toBe(0);
  });

  test("late rows are dropped by the old watermark, counted and handed on", () => {
    const pipeline = start(counts, "update");
    run(
      pipeline,
      [
        [1, "a", 5],
        [13, "b", 1],
      ],
      [11],
    );
    expect(
      run(
        pipeline,
        [
          [2, "a", 7],
          [12, "b", 1],
        ],
        [11],
      ),
    ).toEqual([{ start: at(10), user: "b", n: 2n, total: 2n }]);
    const [{ operatorName, chunk: late }] = pipeline.takeLateRows();
    expect(operatorName).toBe("aggregate(window, user)#0");
    expect(rowsOf(late)).toMatchObject([
      { user: "a", amount: 7n, _operator: operatorName, _bound: at(20), _lateness: at(10) },
    ]);
    expect(pipeline.takeLateRows()).toEqual([]);
    expect(pipeline.operatorMetrics()).toMatchObject([{ operatorName, numRowsTotal: 1, numRowsDroppedByWatermark: 1 }]);
  });

  test("complete sends everything every trigger, final rows too", () => {
    const pipeline = start(counts, "complete");
    run(pipeline, [[1, "a", 5]], [0]);
    expect(run(pipeline, [[21, "b", 1]], [19])).toHaveLength(2);
    expect(run(pipeline, [], [25])).toEqual([
      { start: at(0), user: "a", n: 1n, total: 5n },
      { start: at(20), user: "b", n: 1n, total: 1n },
    ]);
  });

  test("changelog sends deletes before inserts", () => {
    const pipeline = start(counts, "changelog");
    expect(run(pipeline, [[1, "a", 5]], [0])).toEqual([{ start: at(0), user: "a", n: 1n, total: 5n, w: 1 }]);
    expect(
      run(
        pipeline,
        [
          [2, "a", 1],
          [3, "c", 1],
        ],
        [0],
      ),
    ).toEqual([
      { start: at(0), user: "a", n: 1n, total: 5n, w: -1 },
      { start: at(0), user: "a", n: 2n, total: 6n, w: 1 },
      { start: at(0), user: "c", n: 1n, total: 1n, w: 1 },
    ]);
  });

  test("update sends a tombstone for a key that is gone, and nothing for a row that did not change", () => {
    const retracting = source(eventColumns, { insertOnly: false }).groupBy("user").agg(sum("amount").as("total"));
    const pipeline = start(retracting, "update");
    expect(
      run(
        pipeline,
        [
          [0, "a", 1],
          [0, "b", 2],
        ],
        [],
      ),
    ).toEqual([
      { user: "a", total: 1n },
      { user: "b", total: 2n },
    ]);
    expect(
      run(
        pipeline,
        [
          [0, "a", 1],
          [0, "b", 2],
          [0, "b", 2],
        ],
        [],
        { weights: [-1, 1, -1] },
      ),
    ).toEqual([{ user: "a", total: null, op: 1 }]);
  });

  test("a chain of two windows is final in one pass", () => {
    const chained = source(eventColumns)
      .watermark("at", { delay: 0n })
      .groupBy(window("at", "10 seconds"), "user")
      .agg(count().as("n"))
      .groupBy(window("window", "20 seconds").as("wide"))
      .agg(sum("n").as("rows"));
    const pipeline = start(chained, "append");
    run(
      pipeline,
      [
        [1, "a", 0],
        [11, "b", 0],
        [12, "a", 0],
        [21, "a", 0],
      ],
      [15],
    );
    expect(run(pipeline, [[40, "a", 0]], [40])).toMatchObject([{ rows: 3n }, { rows: 1n }]);
  });

  test("a batch is one trigger; orders and limits hold", () => {
    const plan = planBatch(counts.orderBy({ column: "total", descending: true }).limit(2).plan);
    const pipeline = lowerPlan(plan, { codegen: true });
    expect(
      run(
        pipeline,
        [
          [1, "a", 5],
          [2, "b", 7],
          [11, "a", 6],
          [1, "a", 1],
        ],
        [END_OF_TIME],
      ),
    ).toMatchObject([
      { user: "b", total: 7n },
      { user: "a", total: 6n, n: 2n },
    ]);
  });

  test("says what holds the next final row back", () => {
    const pipeline = start(counts, "append");
    expect(pipeline.nextRelease()).toBeNull();
    run(
      pipeline,
      [
        [1, "a", 5],
        [31, "a", 5],
      ],
      [7],
    );
    expect(pipeline.nextRelease()).toEqual({
      operatorName: "aggregate(window, user)#0",
      column: "window.end",
      needs: at(10),
      bound: at(7),
      watermarkIds: [0],
    });
  });

  test("law 23: a trigger without rows and without a new bound sends nothing", () => {
    for (const mode of ["append", "update", "changelog"] as const) {
      const pipeline = start(counts, mode);
      run(pipeline, [[1, "a", 5]], [3]);
      expect(run(pipeline, [], [3])).toEqual([]);
    }
  });

  test("restored watermarks are the old bounds of the first trigger", () => {
    const pipeline = start(counts, "update");
    pipeline.restore([at(15)]);
    expect(
      run(
        pipeline,
        [
          [3, "a", 5],
          [11, "a", 5],
        ],
        [15],
      ),
    ).toMatchObject([{ start: at(10), n: 1n }]);
  });
});

describe("a plan built by hand", () => {
  const scan: AnalysedScan = {
    kind: "scan",
    schema: events,
    sourceIndex: 0,
    source: { id: "s", label: "s", schema: events, bounded: false, insertOnly: true, streaming: true },
  };
  const user = columnRef(events, "user");
  const aggregate: AnalysedAggregate = {
    kind: "aggregate",
    input: {
      kind: "filter",
      schema: events,
      input: scan,
      condition: {
        kind: "call",
        name: "isNotNull",
        args: [columnRef(events, "at")],
        type: { kind: "bool" },
        nullable: false,
      },
    },
    operatorId: 0,
    operatorName: "aggregate(user)#0",
    keys: [user],
    aggregates: [
      { name: "count", args: [], where: null, functionId: null, type: int64(), nullable: false, outputName: "n" },
    ],
    lifetime: { ...KEEP_FOR_EVER, retractingInput: false },
    schema: schemaOf({ user: utf8(), n: int64() }),
  };

  test("runs", () => {
    const plan: StreamingPlan = {
      root: aggregate,
      mode: "changelog",
      sources: [scan.source],
      watermarks: [],
      properties: new Map(),
      output: {
        visible: aggregate.schema,
        visibleCount: 2,
        key: [0],
        visibleKey: [0],
        deletes: false,
        insertOnly: false,
        orders: [],
      },
    };
    const pipeline = lowerPlan(plan, { codegen: false });
    expect(
      run(
        pipeline,
        [
          [1, "a", 1],
          [null, "a", 1],
          [2, "b", 1],
          [3, "a", 1],
        ],
        [],
      ),
    ).toEqual([
      { user: "a", n: 2n, w: 1 },
      { user: "b", n: 1n, w: 1 },
    ]);
  });
});
