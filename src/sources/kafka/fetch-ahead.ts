import type {
  FetchedPartition,
  FetchPosition,
  IsolationLevel,
  KafkaCluster,
} from "../../clients/kafka/kafka-cluster.js";
import type { PartitionRange } from "./kafka-offset.js";

/** One partition on the way through its range. */
export interface Cursor {
  readonly range: PartitionRange;
  /** The offset to fetch next. */
  next: number;
  /** What has come and is not decoded yet. */
  answer: FetchedPartition | null;
  /** What the broker said last of the partition, be it without records. */
  told: FetchedPartition | null;
}

export interface FetchLimits {
  /** What may lie here undecoded, beside the answer that is being read. */
  readonly maxFetchBytes: number;
  readonly maxPartitionFetchBytes: number;
  /** Bytes per offset, as far as is known. */
  readonly bytesPerOffset: () => number;
}

export interface FetchParts {
  readonly cluster: KafkaCluster;
  readonly isolation: IsolationLevel;
  readonly limits: FetchLimits;
  readonly cursors: readonly Cursor[];
  readonly signal: AbortSignal;
}

/** Everything asked for is there already; a broker that still has nothing says so after this long. */
const MAX_WAIT_MS = 500;
/** More than most batches. A larger one comes all the same, when its partition is the first one asked for. */
const LEAST_BYTES = 64 << 10;
/** Records differ in size: so much more is asked for than the average says. */
const SPARE = 1.25;

/**
 * Fetches for many partitions at once, one request at a time: while what came is decoded and processed, the next request is
 * on its way. A partition is asked for again when its answer is gone; the one that is read now comes first.
 */
export class FetchAhead {
  readonly #parts: FetchParts;
  #pending: Promise<void> | null = null;

  constructor(parts: FetchParts) {
    this.#parts = parts;
  }

  /** Asks for the cursors from `index` on, unless a request is on its way or the first of them has its answer. */
  start(index: number): void {
    if (this.#pending !== null) return;
    const cursors = this.#toAsk(index);
    if (cursors.length === 0) return;
    const pending = this.#fetch(cursors).finally(() => {
      this.#pending = null;
    });
    // A reader that stopped early does not come back for it.
    pending.catch(() => {});
    this.#pending = pending;
  }

  /** The request that is on its way; rejects as it does. */
  get pending(): Promise<void> {
    return this.#pending ?? Promise.resolve();
  }

  /** As many as there is room for, were each to fill what it is asked for; one at least. */
  #toAsk(index: number): readonly Cursor[] {
    const { cursors, limits } = this.#parts;
    const rest = cursors.slice(index).filter(({ range, next }) => next < range.to);
    if (rest.length === 0 || rest[0].answer !== null) return [];
    let room = limits.maxFetchBytes - rest.reduce((sum, { answer }) => sum + (answer?.records.length ?? 0), 0);
    const open = rest.filter(({ answer }) => answer === null);
    return open.filter((cursor, i) => {
      room -= this.#bytesFor(cursor);
      return i === 0 || room >= 0;
    });
  }

  /** Not much more than what is left of the range: the rest would be fetched again by the next trigger. */
  #bytesFor({ range, next }: Cursor): number {
    const { maxPartitionFetchBytes, bytesPerOffset } = this.#parts.limits;
    return Math.min(maxPartitionFetchBytes, Math.ceil((range.to - next) * bytesPerOffset() * SPARE) + LEAST_BYTES);
  }

  async #fetch(asked: readonly Cursor[]): Promise<void> {
    const { cluster, isolation, signal } = this.#parts;
    const positions = asked.map((cursor): FetchPosition => {
      const { id: topicId, partition } = cursor.range;
      return { topicId, partition, offset: cursor.next, maxBytes: this.#bytesFor(cursor) };
    });
    const maxBytes = positions.reduce((sum, position) => sum + position.maxBytes, 0);
    const request = { positions, isolation, maxWaitMs: MAX_WAIT_MS, minBytes: 1, maxBytes };
    const answers = new Map((await cluster.fetch(request, signal)).map((answer) => [keyOf(answer), answer]));
    for (const cursor of asked) {
      const answer = answers.get(keyOf({ topicId: cursor.range.id, partition: cursor.range.partition }));
      if (answer === undefined) continue;
      cursor.told = answer;
      if (answer.error !== 0 || answer.records.length > 0) cursor.answer = answer;
    }
  }
}

function keyOf({ topicId, partition }: { readonly topicId: string; readonly partition: number }): string {
  return `${topicId}-${partition}`;
}
