import type { FetchedPartition, IsolationLevel, KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Clock } from "../../common/clock.js";
import { SourceError } from "../../common/millrace-error.js";
import type { RecordDecoder } from "../../formats/kafka/record-decoder.js";
import { chunkBytes } from "../chunk-size.js";
import type { AverageSize } from "./average-size.js";
import { isTailGone } from "./compacted-tail.js";
import { type Cursor, FetchAhead, type FetchLimits } from "./fetch-ahead.js";
import { type PartitionRange, partitionName } from "./kafka-offset.js";
import type { MissingOffsets } from "./missing-offsets.js";

export interface ReaderParts {
  readonly cluster: KafkaCluster;
  readonly decoder: RecordDecoder;
  readonly clock: Clock;
  readonly isolation: IsolationLevel;
  readonly limits: Omit<FetchLimits, "bytesPerOffset">;
  readonly stallTimeoutMs: number;
  readonly missing: MissingOffsets;
  readonly sizes: { readonly rows: AverageSize; readonly fetched: AverageSize };
  readonly label: string;
  /** Batches that could not be read and were left out. */
  readonly onDamaged: (batches: number) => void;
}

/** Between two tries that brought nothing. */
const PAUSE_MS = 50;

/**
 * Reads ranges one after the other, each exactly: from its first offset up to `to`, which is reached by position. The last
 * offsets of a range may have no record any more (compaction, markers of transactions, aborted records).
 */
export class RangeReader {
  readonly #parts: ReaderParts;
  readonly #signal: AbortSignal;
  readonly #cursors: readonly Cursor[];
  readonly #ahead: FetchAhead;

  constructor(parts: ReaderParts, ranges: readonly PartitionRange[], signal: AbortSignal) {
    const { cluster, isolation, limits, sizes } = parts;
    this.#parts = parts;
    this.#signal = signal;
    this.#cursors = ranges.map((range) => ({ range, next: range.from, answer: null, told: null }));
    const bytesPerOffset = (): number => sizes.fetched.bytes;
    this.#ahead = new FetchAhead({
      cluster,
      isolation,
      cursors: this.#cursors,
      signal,
      limits: { ...limits, bytesPerOffset },
    });
  }

  /** Rejects with the signal's reason when it aborts. */
  async *chunks(): AsyncGenerator<Chunk> {
    for (const [index, cursor] of this.#cursors.entries()) {
      while (cursor.next < cursor.range.to) {
        const chunks = await this.#nextChunks(index);
        this.#ahead.start(cursor.next < cursor.range.to ? index : index + 1);
        yield* chunks;
      }
    }
  }

  /**
   * Goes on until the cursor has moved; for how long it may stand still says the stall timeout. The cluster gives up by
   * itself a request that is not answered for so long.
   */
  async #nextChunks(index: number): Promise<readonly Chunk[]> {
    const { clock } = this.#parts;
    const cursor = this.#cursors[index];
    const { next } = cursor;
    const since = clock.monotonic();
    for (let tries = 0; ; tries++) {
      this.#signal.throwIfAborted();
      // One more try at once: a batch that did not fit behind others comes when its partition is the first.
      if (tries > 1) await this.#pause(cursor, since);
      const answer = await this.#answerFor(index);
      if (answer?.error === 0) {
        const chunks = this.#decode(cursor, answer);
        if (cursor.next > next) return chunks;
      } else await this.#lookFor(cursor, answer);
      if (cursor.next > next) return [];
    }
  }

  /** What has come for the cursor; null when requests brought nothing for it. */
  async #answerFor(index: number): Promise<FetchedPartition | null> {
    const cursor = this.#cursors[index];
    // The request on its way may be one for other partitions.
    for (let requests = 0; requests < 2 && cursor.answer === null; requests++) {
      this.#ahead.start(index);
      await this.#ahead.pending;
    }
    const { answer } = cursor;
    cursor.answer = null;
    return answer;
  }

  /** The broker has refused the offset, or has said that the partition ends before the range does. */
  async #lookFor(cursor: Cursor, refusal: FetchedPartition | null): Promise<void> {
    const { range, next, told } = cursor;
    const end = told?.highWatermark ?? -1;
    const { isolation, cluster, missing } = this.#parts;
    const readable = (isolation === "read_committed" ? told?.lastStableOffset : end) ?? -1;
    if (refusal === null && readable >= range.to) {
      if (await isTailGone(cluster, { range, next }, this.#signal)) cursor.next = range.to;
    } else if (refusal !== null || (end >= 0 && end < range.to))
      cursor.next = await missing.resolve(range, next, this.#signal);
  }

  #decode(cursor: Cursor, { records, aborted }: FetchedPartition): readonly Chunk[] {
    const { decoder, sizes, onDamaged } = this.#parts;
    const { topic, partition, to } = cursor.range;
    const from = cursor.next;
    const { chunks, next, damaged } = decoder.decode({ topic, partition, bytes: records, aborted, from, to });
    if (damaged > 0) onDamaged(damaged);
    sizes.fetched.add(records.length, next - from);
    sizes.rows.add(
      chunks.reduce((sum, chunk) => sum + chunkBytes(chunk), 0),
      Math.min(next, to) - from,
    );
    cursor.next = next;
    return chunks;
  }

  /** A broker that answers at once with nothing must not be asked without end. */
  async #pause(cursor: Cursor, since: number): Promise<void> {
    const { clock, stallTimeoutMs } = this.#parts;
    if (clock.monotonic() - since >= stallTimeoutMs) throw this.#stalled(cursor);
    await clock.sleep(PAUSE_MS, this.#signal);
    this.#signal.throwIfAborted();
  }

  #stalled({ range, next, told }: Cursor): SourceError {
    const { label, stallTimeoutMs } = this.#parts;
    const place = partitionName(range.topic, range.partition);
    const marks =
      told === null
        ? "The broker has not answered"
        : `Its broker says: last stable offset ${told.lastStableOffset}, high watermark ${told.highWatermark}, first offset ${told.logStart}`;
    const what = `${label}: nothing has come of ${place} for ${stallTimeoutMs} ms, at offset ${next} of the range up to ${range.to}. ${marks}.`;
    return new SourceError("KAFKA_STALLED", what, {
      hint: "Look at the broker that leads the partition. The range is read again at the next start; stallTimeout says how long to wait.",
    });
  }
}
