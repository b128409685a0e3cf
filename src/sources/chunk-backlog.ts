import type { Chunk } from "../columnar/chunk.js";
import { sliceChunk } from "../columnar/slice.js";
import { assert } from "../common/assert.js";
import { ChangeSignal } from "./change-signal.js";
import { chunkBytes } from "./chunk-size.js";

/** However wide rows are: one more chunk than this may wait. */
const MAX_BYTES = 128 << 20;

/**
 * Rows that a producer pushed and no trigger has committed yet, addressed by their number since the beginning.
 * It is the backpressure of inputs that cannot be read twice: the producer waits for room before it adds more.
 */
export class ChunkBacklog {
  readonly changes = new ChangeSignal();
  readonly #room = new ChangeSignal();
  readonly #maxRows: number;
  #chunks: Chunk[] = [];
  #start = 0;
  #end = 0;
  #bytes = 0;

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** Number of the first row that is still held. */
  get start(): number {
    return this.#start;
  }

  /** Number of rows ever added. */
  get end(): number {
    return this.#end;
  }

  /** Before anything is added: the number of the first row. */
  startAt(row: number): void {
    assert(this.#end === 0, "rows are numbered before they come");
    this.#start = row;
    this.#end = row;
  }

  add(chunk: Chunk): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#end += chunk.length;
    this.#bytes += chunkBytes(chunk);
    this.changes.notify();
  }

  /** As many rows wait as may. `pending`: rows that the producer holds itself. */
  isFull(pending: number): boolean {
    return this.#end - this.#start + pending >= this.#maxRows || this.#bytes >= MAX_BYTES;
  }

  /** Resolves when there is room, or the signal aborts. `pending` is asked again every time: a flush moves those rows in here. */
  async waitForRoom(pending: () => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.isFull(pending())) await this.#room.wait(signal);
  }

  *read(from: number, to: number): Iterable<Chunk> {
    let base = this.#start;
    for (const chunk of [...this.#chunks]) {
      const first = Math.max(from - base, 0);
      const last = Math.min(to - base, chunk.length);
      base += chunk.length;
      if (first < last) yield first === 0 && last === chunk.length ? chunk : sliceChunk(chunk, first, last);
    }
  }

  /** Forgets the rows before `to`: nobody will read them again. */
  discard(to: number): void {
    while (this.#chunks[0] !== undefined && this.#start < to) {
      const first = this.#chunks[0];
      const taken = Math.min(to - this.#start, first.length);
      this.#start += taken;
      this.#bytes -= chunkBytes(first);
      this.#chunks.shift();
      if (taken === first.length) continue;
      const rest = sliceChunk(first, taken, first.length);
      this.#bytes += chunkBytes(rest);
      this.#chunks.unshift(rest);
    }
    this.#room.notify();
  }
}
