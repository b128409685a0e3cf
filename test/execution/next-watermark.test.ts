import { describe, expect, test } from "vitest";
import { nextWatermarks, type WatermarkFacts } from "../../src/execution/next-watermark.js";
import { END_OF_TIME, NO_BOUND } from "../../src/plan/bound-expression.js";

function facts(max: Record<string, bigint>, extra: Partial<WatermarkFacts> = {}): WatermarkFacts {
  return {
    delay: 2n,
    maxByPartition: new Map(Object.entries(max)),
    holding: new Set(Object.keys(max)),
    idle: false,
    ended: false,
    ...extra,
  };
}

describe("nextWatermarks", () => {
  test.each([
    ["follows the greatest event time, less the delay", [NO_BOUND], [facts({ p: 10n })], [8n]],
    ["never falls", [9n], [facts({ p: 10n })], [9n]],
    ["stays where no partition holds", [5n], [facts({ p: 10n }, { holding: new Set() })], [5n]],
    ["is held by the slowest partition", [NO_BOUND], [facts({ p: 10n, q: 4n })], [2n]],
    [
      "does not wait for a partition that does not hold",
      [NO_BOUND],
      [facts({ p: 10n, q: 4n }, { holding: new Set(["p"]) })],
      [8n],
    ],
    [
      "waits for a holding partition that has no event time yet",
      [1n],
      [facts({ p: 10n }, { holding: new Set(["p", "new"]) })],
      [1n],
    ],
    ["is above everything when the source has ended", [5n], [facts({ p: 10n }, { ended: true })], [END_OF_TIME]],
    ["of sources is by source", [1n, 1n], [facts({ p: 10n }), facts({ p: 6n })], [8n, 4n]],
    [
      "of an idle source is the least of the active ones",
      [1n, 0n, 0n],
      [facts({}, { idle: true }), facts({ p: 9n }), facts({ p: 7n })],
      [5n, 7n, 5n],
    ],
    ["of an idle source does not fall", [6n, 0n], [facts({}, { idle: true }), facts({ p: 4n })], [6n, 2n]],
    [
      "of an idle source waits for no ended one",
      [1n, 1n],
      [facts({}, { idle: true }), facts({ p: 4n }, { ended: true })],
      [1n, END_OF_TIME],
    ],
    [
      "of an idle source waits for no source without a watermark",
      [1n, NO_BOUND],
      [facts({}, { idle: true }), facts({})],
      [1n, NO_BOUND],
    ],
    ["does not move when all are idle", [1n, 3n], [facts({}, { idle: true }), facts({}, { idle: true })], [1n, 3n]],
  ])("a watermark %s", (_claim, old, given, wanted) => {
    expect(nextWatermarks(old, given)).toEqual(wanted);
  });
});
