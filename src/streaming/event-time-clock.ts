import { nextWatermarks, type WatermarkFacts } from "../execution/next-watermark.js";
import type { WatermarkTracker } from "../execution/watermark-tracker.js";
import { NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import type { AnalysedWatermark } from "../plan/analysed-node.js";
import type { OffsetRange } from "./source-reader.js";

const MICROS_PER_MS = 1000n;

/**
 * The watermarks of one query and what moves them: which partitions delivered, when, and who is idle.
 * Idleness is decided when offsets are chosen (DESIGN 4.2), from the time handed in, never during a trigger.
 */
export class EventTimeClock {
  readonly #nodes: readonly AnalysedWatermark[];
  readonly #deliveredAt: Map<string, number>[];
  readonly #idleFrom: (number | null)[];
  #idle: boolean[];
  #watermarks: Watermarks;

  constructor(nodes: readonly AnalysedWatermark[]) {
    this.#nodes = nodes;
    this.#watermarks = nodes.map(() => NO_BOUND);
    this.#deliveredAt = nodes.map(() => new Map());
    this.#idleFrom = nodes.map(() => null);
    this.#idle = nodes.map(() => false);
  }

  get watermarks(): Watermarks {
    return this.#watermarks;
  }

  /** Idle timeouts count from the start of the query for a source that never delivers. */
  start(nowMs: number): void {
    for (let id = 0; id < this.#idleFrom.length; id++) this.#idleFrom[id] = nowMs;
  }

  /** Decides idleness at the moment offsets are chosen; true when a source became idle since the last decision. */
  decideIdle(nowMs: number, hasNewRows: (sourceIndex: number) => boolean): boolean {
    const idle = this.#nodes.map((node, id) => !hasNewRows(node.sourceIndex) && this.#timedOut(id, nowMs));
    const changed = idle.some((isIdle, id) => isIdle && !this.#idle[id]);
    this.#idle = idle;
    return changed;
  }

  /** When the next source would become idle; null when none waits for that. */
  nextIdleAt(): number | null {
    const waiting = this.#nodes
      .map((node, id) => (node.idleTimeout === null || this.#idle[id] ? null : (this.#idleFrom[id] ?? 0) + millis(node.idleTimeout)))
      .filter((at) => at !== null);
    return waiting.length === 0 ? null : Math.min(...waiting);
  }

  /** The watermarks after a trigger that read `ranges`. */
  advance(trackers: readonly WatermarkTracker[], ranges: readonly OffsetRange[], trigger: TriggerEnd): Watermarks {
    for (const tracker of trackers) this.#noteDeliveries(tracker, trigger.chosenAtMs);
    const facts = trackers.map((tracker, id) => this.#factsOf(tracker, id, ranges, trigger));
    this.#watermarks = nextWatermarks(this.#watermarks, facts);
    return this.#watermarks;
  }

  #factsOf(tracker: WatermarkTracker, id: number, ranges: readonly OffsetRange[], trigger: TriggerEnd): WatermarkFacts {
    const node = this.#nodes[id] as AnalysedWatermark;
    const range = ranges[node.sourceIndex] as OffsetRange;
    return {
      delay: node.delay,
      maxByPartition: tracker.maxByPartition,
      holding: this.#holding(tracker, id, range, trigger.chosenAtMs),
      idle: this.#idle[id] === true,
      ended: trigger.endOfTime || range.ended,
    };
  }

  /** H of DESIGN 4.2: behind, delivered in this trigger, or (with a timeout) delivered within it. */
  #holding(tracker: WatermarkTracker, id: number, range: OffsetRange, nowMs: number): ReadonlySet<string> {
    const holding = new Set([...range.behind, ...tracker.deliveredPartitions]);
    const timeout = this.#nodes[id]?.idleTimeout ?? null;
    if (timeout === null) return holding;
    for (const [partition, at] of this.#deliveredAt[id] ?? []) {
      if (nowMs - at <= millis(timeout)) holding.add(partition);
    }
    return holding;
  }

  #noteDeliveries(tracker: WatermarkTracker, nowMs: number): void {
    for (const partition of tracker.deliveredPartitions) {
      this.#deliveredAt[tracker.id]?.set(partition, nowMs);
      this.#idleFrom[tracker.id] = nowMs;
    }
  }

  #timedOut(id: number, nowMs: number): boolean {
    const timeout = this.#nodes[id]?.idleTimeout ?? null;
    return timeout !== null && nowMs - (this.#idleFrom[id] ?? nowMs) > millis(timeout);
  }
}

export interface TriggerEnd {
  /** When the offsets of the trigger were chosen. */
  readonly chosenAtMs: number;
  /** drain(): every bound goes to +infinity. */
  readonly endOfTime: boolean;
}

function millis(micros: bigint): number {
  return Number(micros / MICROS_PER_MS);
}
