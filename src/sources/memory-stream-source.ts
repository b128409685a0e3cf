import type { Chunk } from "../columnar/chunk.js";
import { SourceError } from "../common/millrace-error.js";
import type { MemoryStream, MemoryUnit } from "./memory-stream.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";

/** Units taken per partition, in the stream's partition order. */
type Positions = readonly number[];

interface KnownOffset {
  readonly offset: Offset;
  readonly positions: Positions;
}

/**
 * One query's view of a memory stream. Offsets count the units per partition: { "0": 3 }. What a stream holds goes with
 * the process: after a restart a range has the same rows if the program has added the same units again by then.
 */
export class MemoryStreamSource implements Source {
  readonly replayable = true;
  readonly label = "memory";
  readonly #stream: MemoryStream;
  /** The newest offset that this source gave, and the one before it: a trigger asks for these, again and again. */
  #newest: KnownOffset = { offset: null, positions: [] };
  #previous: KnownOffset = this.#newest;
  #isReleased = false;
  #endReported = false;

  constructor(stream: MemoryStream) {
    this.#stream = stream;
  }

  get schema(): MemoryStream["schema"] {
    return this.#stream.schema;
  }

  async initialOffset(): Promise<Offset> {
    return this.#offsetOf(this.#stream.partitions.map(() => 0));
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const start = this.#positionsOf(from);
    const until = limit.until === undefined ? null : this.#positionsOf(limit.until);
    const end = this.#advance(start, until, limit);
    const newest = this.#stream.partitions.map((partition) => this.#stream.unitsOf(partition).length);
    const atEnd = end.every((position, i) => position === newest[i]);
    const ended = this.#stream.isClosed && atEnd;
    this.#endReported ||= ended;
    const behind = this.#stream.partitions.filter((_, i) => end[i] !== newest[i] || end[i] !== start[i]);
    return { offset: end === start ? from : this.#offsetOf(end), behind, ended };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = this.#positionsOf(from);
    const end = this.#positionsOf(to);
    for (const [i, partition] of this.#stream.partitions.entries()) {
      for (const unit of this.#stream.unitsOf(partition).slice(start[i], end[i])) {
        for (const chunk of unit.chunks) {
          if (signal.aborted || this.#isReleased) return;
          yield chunk;
        }
      }
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#isReleased && !this.#hasNews(from)) await this.#stream.changes.wait(signal);
  }

  /** Everything stays: other queries may read from the beginning. */
  async commit(): Promise<void> {}

  async close(): Promise<void> {
    this.#isReleased = true;
    this.#stream.changes.notify();
  }

  /** The end is news once; after latestOffset has told of it, nothing will ever change. */
  #hasNews(from: Offset): boolean {
    if (this.#stream.isClosed && !this.#endReported) return true;
    const positions = this.#positionsOf(from);
    return this.#stream.partitions.some((partition, i) => this.#stream.unitsOf(partition).length > (positions[i] ?? 0));
  }

  /** Takes units in the order they were added, over all partitions, until the limit; at least one. */
  #advance(start: Positions, until: Positions | null, limit: ReadLimit): Positions {
    const end = [...start];
    let rows = 0;
    let bytes = 0;
    for (;;) {
      const next = this.#oldest(end, until);
      if (next === null) return rows === 0 ? start : end;
      const isFirst = rows === 0;
      rows += next.unit.rows;
      bytes += next.unit.bytes;
      if (!isFirst && (rows > limit.maxRows || bytes > limit.maxBytes)) return end;
      end[next.partition] = (end[next.partition] ?? 0) + 1;
    }
  }

  #oldest(positions: Positions, until: Positions | null): { unit: MemoryUnit; partition: number } | null {
    let best: { unit: MemoryUnit; partition: number } | null = null;
    for (const [partition, name] of this.#stream.partitions.entries()) {
      const position = positions[partition] ?? 0;
      if (until !== null && position >= (until[partition] ?? 0)) continue;
      const unit = this.#stream.unitsOf(name)[position];
      if (unit !== undefined && (best === null || unit.sequence < best.unit.sequence)) best = { unit, partition };
    }
    return best;
  }

  #offsetOf(positions: Positions): Offset {
    const offset = Object.fromEntries(this.#stream.partitions.map((partition, i) => [partition, positions[i] ?? 0]));
    this.#previous = this.#newest;
    this.#newest = { offset, positions };
    return offset;
  }

  #positionsOf(offset: Offset): Positions {
    if (typeof offset !== "object" || offset === null || Array.isArray(offset)) throw invalidOffset(offset);
    if (offset === this.#newest.offset) return this.#newest.positions;
    if (offset === this.#previous.offset) return this.#previous.positions;
    const counts = new Map(Object.entries(offset));
    const positions = this.#stream.partitions.map((partition) => this.#positionIn(partition, counts.get(partition)));
    const gone = [...counts.keys()].find((partition) => !this.#stream.partitions.includes(partition));
    if (gone !== undefined) throw notRebuilt(`it has no partition '${gone}'`);
    return positions;
  }

  /** A count of an earlier process means the same units only if the program has put them in again. */
  #positionIn(partition: string, count: Offset = 0): number {
    if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0)
      throw invalidOffset({ [partition]: count });
    const { length } = this.#stream.unitsOf(partition);
    if (count > length)
      throw notRebuilt(`partition '${partition}' has ${length} units, and ${count} were taken before`);
    return count;
  }
}

function notRebuilt(what: string): SourceError {
  return new SourceError("OFFSET_INVALID", `The memory stream is not the one of the checkpoint: ${what}.`, {
    hint: "Add the same units, in the same order, before the query starts again; or use a new checkpoint.",
  });
}

function invalidOffset(offset: Offset): SourceError {
  return new SourceError("OFFSET_INVALID", `${JSON.stringify(offset)} is not an offset of a memory stream.`);
}
