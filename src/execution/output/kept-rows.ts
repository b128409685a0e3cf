import type { Chunk } from "../../columnar/chunk.js";
import { concatChunks } from "../../columnar/concat.js";
import { takeChunk } from "../../columnar/take.js";

/** Rows in the order they were appended, by position; their owner squeezes out those that nothing refers to any more. */
export class KeptRows {
  #chunks: Chunk[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends the rows of a chunk without a selection; returns the position of the first. */
  append(chunk: Chunk): number {
    const first = this.#length;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return first;
  }

  /** The rows at these positions, in this order. At least one row has been appended. */
  take(positions: Int32Array, count: number): Chunk {
    const whole = concatChunks(this.#chunks);
    this.#chunks = [whole];
    return takeChunk(whole, positions, count);
  }

  /** Keeps only the rows at these positions; they get the positions 0, 1, 2, … */
  keep(positions: Int32Array, count: number): void {
    this.#chunks = [this.take(positions, count)];
    this.#length = count;
  }
}
