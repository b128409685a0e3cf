import type { AnalysedWatermark } from "../plan/analysed-node.js";
import { greatest, least } from "./bigint-extremes.js";

/** Event times of rows, microseconds; min, max and sum mean nothing while count is 0. */
export interface EventTimeStatistics {
  readonly count: number;
  readonly min: bigint;
  readonly max: bigint;
  readonly sum: bigint;
}

const NOTHING: EventTimeStatistics = { count: 0, min: 0n, max: 0n, sum: 0n };

/** What one withWatermark has seen: the largest event time of each partition, ever, and what the running trigger brought. */
export class WatermarkTracker {
  readonly node: AnalysedWatermark;
  /** m(p). A partition whose rows had no event time so far is not there. */
  readonly maxByPartition = new Map<string, bigint>();
  /** Partitions of which a row has come in the running trigger. */
  readonly deliveredPartitions = new Set<string>();
  #statistics = NOTHING;

  constructor(node: AnalysedWatermark) {
    this.node = node;
  }

  /** The watermarkId. */
  get id(): number {
    return this.node.watermarkId;
  }

  /** Of the running trigger. */
  get statistics(): EventTimeStatistics {
    return this.#statistics;
  }

  /** m(p) as it stands between two triggers: what a checkpoint keeps of it. */
  snapshot(): ReadonlyMap<string, bigint> {
    return new Map(this.maxByPartition);
  }

  /** Before the first trigger. */
  restore(maxByPartition: ReadonlyMap<string, bigint>): void {
    for (const [partition, max] of maxByPartition) this.maxByPartition.set(partition, max);
  }

  beginTrigger(): void {
    this.deliveredPartitions.clear();
    this.#statistics = NOTHING;
  }

  /** Rows of one partition have come, with these event times. */
  add(partition: string, statistics: EventTimeStatistics): void {
    this.deliveredPartitions.add(partition);
    if (statistics.count === 0) return;
    const known = this.maxByPartition.get(partition);
    if (known === undefined || statistics.max > known) this.maxByPartition.set(partition, statistics.max);
    this.#statistics = merge(this.#statistics, statistics);
  }
}

/** The event times of a whole trigger, over all watermarks. */
export function mergeStatistics(trackers: readonly WatermarkTracker[]): EventTimeStatistics {
  return trackers.map((tracker) => tracker.statistics).reduce(merge, NOTHING);
}

function merge(a: EventTimeStatistics, b: EventTimeStatistics): EventTimeStatistics {
  if (a.count === 0 || b.count === 0) return a.count === 0 ? b : a;
  return {
    count: a.count + b.count,
    min: least(a.min, b.min),
    max: greatest(a.max, b.max),
    sum: a.sum + b.sum,
  };
}
