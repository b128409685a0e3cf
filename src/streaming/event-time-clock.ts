import { nextWatermarks, type WatermarkFacts } from "../execution/next-watermark.js";
import type { WatermarkTracker } from "../execution/watermark-tracker.js";
import type { AnalysedWatermark } from "../plan/analysed-node.js";
import { NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import type { OffsetRange } from "./source-reader.js";

const MICROS_PER_MS = 1000n;

/** The offsets of a trigger, by source, and when they were chosen. */
export interface ChosenOffsets {
  readonly ranges: readonly OffsetRange[];
  readonly chosenAtMs: number;
}

/** When something last came, by watermarkId: from the source at all (the start of the query counts), and from each partition. */
interface Deliveries {
  source: number;
  readonly partitions: Map<string, number>;
}

/** What one withWatermark has come to, between two triggers. */
export interface WatermarkState {
  readonly watermark: bigint;
  readonly maxByPartition: ReadonlyMap<string, bigint>;
  readonly delivered: { readonly source: number; readonly partitions: ReadonlyMap<string, number> };
}

/**
 * The watermarks of one query and what moves them: which partitions delivered, when, and who is idle.
 * Idleness is decided when offsets are chosen (DESIGN 4.2), from the time handed in, never during a trigger.
 */
export class EventTimeClock {
  readonly #trackers: readonly WatermarkTracker[];
  readonly #delivered: readonly Deliveries[];
  #idle: readonly boolean[];
  #watermarks: Watermarks;

  /** Idle timeouts count from the start of the query for a source that never delivers. */
  constructor(trackers: readonly WatermarkTracker[], startedAtMs: number) {
    this.#trackers = trackers;
    this.#watermarks = trackers.map(() => NO_BOUND);
    this.#delivered = trackers.map(() => ({ source: startedAtMs, partitions: new Map() }));
    this.#idle = trackers.map(() => false);
  }

  get watermarks(): Watermarks {
    return this.#watermarks;
  }

  /** By watermarkId: counted as idle in the trigger whose offsets were decided last. */
  get idle(): readonly boolean[] {
    return this.#idle;
  }

  /** A logged trigger runs again: who was idle stands in its record. */
  setIdle(idle: readonly boolean[]): void {
    this.#idle = this.#trackers.map((_, id) => idle[id] ?? false);
  }

  /** What the next trigger depends on, by watermarkId. */
  snapshot(): readonly WatermarkState[] {
    return this.#trackers.map(({ maxByPartition }, id) => ({
      watermark: this.#watermarks[id],
      maxByPartition: new Map(maxByPartition),
      delivered: { source: this.#delivered[id].source, partitions: new Map(this.#delivered[id].partitions) },
    }));
  }

  /** Before the first trigger; null for a watermark that no earlier run knew. */
  restore(states: readonly (WatermarkState | null)[]): void {
    this.#watermarks = this.#watermarks.map((watermark, id) => states[id]?.watermark ?? watermark);
    for (const [id, state] of states.entries()) {
      if (state === null) continue;
      for (const [partition, max] of state.maxByPartition) this.#trackers[id].maxByPartition.set(partition, max);
      const delivered = this.#delivered[id];
      delivered.source = state.delivered.source;
      for (const [partition, at] of state.delivered.partitions) delivered.partitions.set(partition, at);
    }
  }

  /** Decides who is idle. True when a trigger without rows would move a watermark, because a timeout has run out. */
  decideIdle(chosen: ChosenOffsets): boolean {
    this.#idle = this.#trackers.map(
      ({ node, id }) => !rangeOf(chosen, node).hasNewRows && this.#timedOut(id, chosen.chosenAtMs),
    );
    if (this.#trackers.every(({ node }) => node.idleTimeout === null)) return false;
    const facts = this.#trackers.map((tracker) => {
      const { behind, ended } = rangeOf(chosen, tracker.node);
      return this.#factsOf(tracker, chosen, { here: behind, ended });
    });
    return nextWatermarks(this.#watermarks, facts).some((watermark, id) => watermark !== this.#watermarks[id]);
  }

  /** When the next timeout will have run out; null when none runs. */
  nextIdleAt(chosen: ChosenOffsets): number | null {
    let next: number | null = null;
    for (const { node, id } of this.#trackers) {
      if (node.idleTimeout === null || rangeOf(chosen, node).ended) continue;
      const { source, partitions } = this.#delivered[id];
      for (const since of [source, ...partitions.values()]) {
        const at = since + millis(node.idleTimeout) + 1;
        if (at > chosen.chosenAtMs && (next === null || at < next)) next = at;
      }
    }
    return next;
  }

  /** The watermarks after the trigger that has read these offsets. `endOfTime` (drain): every bound goes to +infinity. */
  advance(chosen: ChosenOffsets, endOfTime: boolean): Watermarks {
    for (const tracker of this.#trackers) this.#noteDeliveries(tracker, chosen);
    const facts = this.#trackers.map((tracker) => {
      const { behind, ended } = rangeOf(chosen, tracker.node);
      const here = [...behind, ...tracker.deliveredPartitions];
      return this.#factsOf(tracker, chosen, { here, ended: ended || endOfTime });
    });
    this.#watermarks = nextWatermarks(this.#watermarks, facts);
    return this.#watermarks;
  }

  /** `here`: partitions that are behind or delivered; with a timeout, those that delivered within it hold the watermark too. */
  #factsOf(
    { node, id, maxByPartition }: WatermarkTracker,
    chosen: ChosenOffsets,
    { here, ended }: { readonly here: readonly string[]; readonly ended: boolean },
  ): WatermarkFacts {
    const holding = new Set(here);
    for (const [partition, since] of node.idleTimeout === null ? [] : this.#delivered[id].partitions) {
      if (!isOver(node, since, chosen.chosenAtMs)) holding.add(partition);
    }
    return { delay: node.delay, maxByPartition, holding, idle: this.#idle[id], ended };
  }

  /** Rows that a filter below withWatermark took away count too: their source is not idle. */
  #noteDeliveries(tracker: WatermarkTracker, chosen: ChosenOffsets): void {
    const range = rangeOf(chosen, tracker.node);
    if (!range.hasNewRows) return;
    const delivered = this.#delivered[tracker.id];
    delivered.source = chosen.chosenAtMs;
    for (const partition of [...range.behind, ...tracker.deliveredPartitions]) {
      delivered.partitions.set(partition, chosen.chosenAtMs);
    }
  }

  #timedOut(id: number, nowMs: number): boolean {
    return isOver(this.#trackers[id].node, this.#delivered[id].source, nowMs);
  }
}

function isOver({ idleTimeout }: AnalysedWatermark, sinceMs: number, nowMs: number): boolean {
  return idleTimeout !== null && nowMs - sinceMs > millis(idleTimeout);
}

function rangeOf({ ranges }: ChosenOffsets, { sourceIndex }: AnalysedWatermark): OffsetRange {
  return ranges[sourceIndex];
}

function millis(micros: bigint): number {
  return Number(micros / MICROS_PER_MS);
}
