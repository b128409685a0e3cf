import { END_OF_TIME, NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import { greatest, least } from "./bigint-extremes.js";

/** What one trigger leaves behind for one watermark (DESIGN 4.2). Times are microseconds. */
export interface WatermarkFacts {
  readonly delay: bigint;
  /** m(p): the largest event time ever seen in a partition; a partition without one is not there. */
  readonly maxByPartition: ReadonlyMap<string, bigint>;
  /** H: the partitions that hold the watermark back: behind, delivering, or active within the idle timeout. */
  readonly holding: ReadonlySet<string>;
  /** Decided when offsets were chosen, and logged. */
  readonly idle: boolean;
  /** The source has ended for ever. */
  readonly ended: boolean;
}

/**
 * The watermarks after a trigger, by watermarkId; the old array where none has moved. Pure; none of them falls.
 * Own: max(old, least over H of m(p) - delay), END_OF_TIME for a source that has ended. An idle source follows the least
 * of the active ones: those that have a watermark and are neither idle nor ended.
 */
export function nextWatermarks(old: Watermarks, facts: readonly WatermarkFacts[]): Watermarks {
  const next = followIdle(
    facts.map((each, id) => ownWatermark(id < old.length ? old[id] : NO_BOUND, each)),
    facts,
  );
  return next.length === old.length && next.every((watermark, id) => watermark === old[id]) ? old : next;
}

function followIdle(own: Watermarks, facts: readonly WatermarkFacts[]): Watermarks {
  const active = own.filter((watermark, id) => watermark !== NO_BOUND && !facts[id].idle && !facts[id].ended);
  if (active.length === 0) return own;
  const followed = active.reduce(least);
  return own.map((watermark, id) => (facts[id].idle ? greatest(watermark, followed) : watermark));
}

function ownWatermark(old: bigint, { delay, maxByPartition, holding, ended }: WatermarkFacts): bigint {
  if (ended) return END_OF_TIME;
  let slowest: bigint | null = null;
  for (const partition of holding) {
    const max = maxByPartition.get(partition);
    if (max === undefined) return old;
    slowest = slowest === null ? max : least(slowest, max);
  }
  return slowest === null ? old : greatest(old, slowest - delay);
}
