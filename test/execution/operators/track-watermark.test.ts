import { describe, expect, test } from "vitest";
import { TrackWatermark } from "../../../src/execution/operators/track-watermark.js";
import { mergeStatistics, WatermarkTracker } from "../../../src/execution/watermark-tracker.js";
import type { AnalysedNode, AnalysedWatermark } from "../../../src/plan/analysed-node.js";
import { NO_BOUND, type Watermarks } from "../../../src/plan/bound-expression.js";
import type { LatePolicy } from "../../../src/plan/plan-node.js";
import { date, timestamp } from "../../../src/types/type-constructors.js";
import { chunk, dependencies, Probe, schemaOf } from "../fixtures.js";

const instants = schemaOf({ at: timestamp() });
const dates = schemaOf({ at: date() });

function harness(options: { late?: LatePolicy; schema?: typeof instants; watermarks?: Watermarks } = {}) {
  const { late = "operator", schema = instants, watermarks = [NO_BOUND] } = options;
  const input = { kind: "scan", schema } as AnalysedNode;
  const node: AnalysedWatermark = {
    kind: "watermark",
    input,
    schema,
    watermarkId: 0,
    index: 0,
    delay: 2n,
    idleTimeout: null,
    late,
    sourceIndex: 0,
  };
  const tracker = new WatermarkTracker(node);
  const probe = new Probe();
  const inForce = { watermarks };
  const operator = new TrackWatermark(tracker, { ...dependencies(probe), watermarks: () => inForce.watermarks });
  const send = (times: (bigint | number | null)[], extra: Parameters<typeof chunk>[2] = {}): void =>
    operator.process(
      0,
      chunk(
        schema,
        times.map((at) => ({ at })),
        extra,
      ),
    );
  return { tracker, probe, operator, send, inForce };
}

describe("TrackWatermark", () => {
  test("learns the event times of each partition and changes no row", () => {
    const { tracker, probe, send } = harness();
    send([5n, null, 9n, -(2n ** 40n)], { partition: "p" });
    send([7n, 100n], { partition: "q", sel: Int32Array.of(0) });
    send([null], { partition: "r" });
    expect([...tracker.maxByPartition]).toEqual([
      ["p", 9n],
      ["q", 7n],
    ]);
    expect([...tracker.deliveredPartitions]).toEqual(["p", "q", "r"]);
    expect(tracker.statistics).toEqual({ count: 4, min: -(2n ** 40n), max: 9n, sum: 21n - 2n ** 40n });
    expect(probe.take()).toHaveLength(6);
    tracker.beginTrigger();
    expect(tracker.statistics.count).toBe(0);
    expect(tracker.maxByPartition.get("p")).toBe(9n);
  });

  test("statistics are exact over the whole range of int64", () => {
    const { tracker, send } = harness();
    const times = [2n ** 62n + 1n, -(2n ** 62n) - 3n, 2n ** 53n + 1n];
    send(times);
    expect(mergeStatistics([tracker])).toEqual({
      count: 3,
      min: times[1],
      max: times[0],
      sum: times[0] + times[1] + times[2],
    });
  });

  test("a date counts as its midnight", () => {
    const { tracker, send } = harness({ schema: dates });
    send([-1, 3, null]);
    expect(tracker.statistics).toMatchObject({ count: 2, min: -86_400_000_000n, max: 3n * 86_400_000_000n });
  });

  test("strict: each row carries the watermark that the rows before it have moved, never below the one in force", () => {
    const { probe, send, operator, inForce } = harness({ late: "strict", watermarks: [4n] });
    send([5n, 9n, 3n, 20n], { sel: Int32Array.of(0, 1, 2) });
    send([1n]);
    const bounds = (): bigint[] =>
      probe.chunks.splice(0).flatMap(({ rowBounds, sel, length }) => {
        const rows = sel ?? Int32Array.from({ length }, (_, row) => row);
        return [...rows].map((row) => rowBounds?.bounds[row] ?? 0n);
      });
    expect(bounds()).toEqual([4n, 4n, 7n, 7n]);
    operator.advance();
    inForce.watermarks = [6n];
    send([8n, 9n]);
    expect(bounds()).toEqual([6n, 6n]);
  });

  test("strict: over several partitions the slowest one seen so far holds the bound, which never falls", () => {
    const { probe, send } = harness({ late: "strict" });
    send([10n, 10n], { partition: "p" });
    send([4n, 30n, 30n], { partition: "q" });
    send([12n, 12n], { partition: "p" });
    expect(probe.chunks.map(({ rowBounds }) => [...(rowBounds?.bounds ?? [])])).toEqual([
      [NO_BOUND, 8n],
      [8n, 8n, 8n],
      [8n, 10n],
    ]);
  });
});
