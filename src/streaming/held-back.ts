import type { NextRelease } from "../execution/pipeline.js";
import type { WatermarkTracker } from "../execution/watermark-tracker.js";
import { END_OF_TIME, NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import type { HeldBackBy } from "../plan/query-progress.js";
import { isoInstant } from "./iso-instant.js";
import type { SourceReader } from "./source-reader.js";

/** Which operator waits for which bound, and who keeps that bound where it is. */
export interface HeldBack {
  readonly release: NextRelease;
  /** Label of the source. */
  readonly source: string;
  readonly partition: string | null;
}

/** Why the next final row has not come out, as things stand; null when nothing is held back by a source. */
export function findHeldBack(
  release: NextRelease | null,
  watermarks: Watermarks,
  place: { readonly trackers: readonly WatermarkTracker[]; readonly readers: readonly SourceReader[] },
): HeldBack | null {
  if (release === null || release.bound === END_OF_TIME) return null;
  const slowest = slowestWatermark(release.watermarkIds, watermarks);
  const tracker = place.trackers[slowest];
  if (tracker === undefined) return null;
  const source = place.readers[tracker.node.sourceIndex]?.description.label ?? "";
  return { release, source, partition: slowestPartition(tracker, watermarks[slowest] ?? NO_BOUND) };
}

/** The same as progress tells it. */
export function heldBackBy({ release, source, partition }: HeldBack): HeldBackBy {
  return {
    operator: release.operatorName,
    column: release.column,
    bound: release.bound === NO_BOUND ? null : isoInstant(release.bound),
    needs: isoInstant(release.needs),
    source,
    ...(partition === null ? {} : { partition }),
  };
}

function slowestWatermark(ids: readonly number[], watermarks: Watermarks): number {
  return ids.reduce(
    (slowest, id) => ((watermarks[id] ?? NO_BOUND) < (watermarks[slowest] ?? NO_BOUND) ? id : slowest),
    ids[0] ?? 0,
  );
}

/**
 * The partition that holds the watermark where it is: of those that have come as far as it, the one whose newest event
 * time is the oldest (one that is further behind was left behind: it does not hold). null where the source has one partition.
 */
function slowestPartition({ maxByPartition, node }: WatermarkTracker, watermark: bigint): string | null {
  if (maxByPartition.size < 2) return null;
  let slowest: string | null = null;
  let least = END_OF_TIME;
  for (const [partition, max] of maxByPartition) {
    if (max >= least || max - node.delay < watermark) continue;
    least = max;
    slowest = partition;
  }
  return slowest;
}
