import { ByteWriter } from "./byte-writer.js";

/** Below this much waste, compacting is not worth its copy. */
const SMALLEST_WASTE = 1 << 16;

/**
 * Runs of bytes that come and go. Freed bytes are only counted; when they are more than half, the owner, who knows
 * every live run, moves them to a fresh arena (`isWasteful`, then `replace`).
 */
export class ByteArena {
  #writer = new ByteWriter();
  #freed = 0;

  /** The memory that positions point into. Replaced by `append` and `replace`. */
  get memory(): Uint8Array {
    return this.#writer.bytes;
  }

  get bytes(): number {
    return this.#writer.bytes.length;
  }

  get isWasteful(): boolean {
    return this.#freed > SMALLEST_WASTE && this.#freed * 2 > this.#writer.length;
  }

  /** Position of a copy of source[from, to). */
  append(source: Uint8Array, from: number, to: number): number {
    const position = this.#writer.length;
    this.#writer.copy(source, from, to);
    return position;
  }

  free(length: number): void {
    this.#freed += length;
  }

  /** Starts over; returns the old memory, from which the owner appends what lives. */
  replace(): Uint8Array {
    const old = this.#writer.bytes;
    this.#writer = new ByteWriter();
    this.#freed = 0;
    return old;
  }
}
