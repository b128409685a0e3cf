import { allocateInt32 } from "../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { splitChunk } from "../columnar/chunk-of.js";
import { concatChunks } from "../columnar/concat.js";
import { takeChunk } from "../columnar/take.js";

/** Rows in the order they were appended, addressed by position; dead ones are squeezed out now and then by the owner. */
export class RowStore {
  #chunks: Chunk[] = [];
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** The position of the chunk's first row. */
  append(chunk: Chunk): number {
    const first = this.#rows;
    this.#chunks.push(chunk);
    this.#rows += chunk.length;
    return first;
  }

  /** The rows at these positions, in this order, as chunks of at most CHUNK_ROWS. */
  take(positions: Int32Array): readonly Chunk[] {
    if (positions.length === 0) return [];
    const chunk = takeChunk(this.#whole(), positions, positions.length);
    return chunk.length > CHUNK_ROWS ? splitChunk(chunk, CHUNK_ROWS) : [chunk];
  }

  /** Keeps only the rows at `positions` (ascending); they get the positions 0, 1, 2, ... */
  keep(positions: Int32Array): void {
    this.#chunks = [...this.take(positions)];
    this.#rows = positions.length;
  }

  #whole(): Chunk {
    const whole =
      this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : concatChunks(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }
}

/** The array itself, or a larger copy with room for `length`; new entries hold `fill`. */
export function withRoom(array: Int32Array<ArrayBuffer>, length: number, fill: number): Int32Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = allocateInt32(Math.max(length, 2 * array.length));
  larger.set(array);
  larger.fill(fill, array.length);
  return larger;
}
