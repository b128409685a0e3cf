import { allocateInt32 } from "../../columnar/buffers.js";

/** Blocks are compressed on their own, so that distances fit in 16 bits. */
export const LZ_BLOCK_BYTES = 64 * 1024;

const LEAST_MATCH = 4;
/** LZ4 wants the last match to begin so far before the end, and its last bytes to be literal. */
const LAST_START = 12;
const LAST_LITERALS = 5;
const HASH_BITS = 14;
/** The step grows by one for so many places without a match in a row: bytes that cannot be compressed cost little. */
const PATIENCE = 64;

/**
 * What is repeated in a block: sequences of literal bytes and then a copy of earlier ones, greedily, through a table of the
 * places where four bytes were last seen. The last sequence is literal only.
 */
export class LzMatches {
  /** Of each sequence: how many literals, how long the copy (0: none), and from how far before. */
  readonly sequences = allocateInt32(3 * (LZ_BLOCK_BYTES / LEAST_MATCH + 1));
  count = 0;
  readonly #places = allocateInt32(1 << HASH_BITS);

  find(bytes: Uint8Array, from: number, to: number): void {
    this.count = 0;
    this.#places.fill(-1);
    const lastStart = to - LAST_START;
    let literals = from;
    let misses = 0;
    for (let at = from; at <= lastStart; ) {
      const word = wordAt(bytes, at);
      const hash = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
      const place = this.#places[hash];
      this.#places[hash] = at;
      if (place < 0 || wordAt(bytes, place) !== word) {
        at += 1 + Math.floor(misses++ / PATIENCE);
        continue;
      }
      const length = matchLength(bytes, { place, at }, to - LAST_LITERALS);
      this.#add(at - literals, length, at - place);
      at += length;
      literals = at;
      misses = 0;
    }
    this.#add(to - literals, 0, 0);
  }

  #add(literals: number, length: number, distance: number): void {
    const at = 3 * this.count++;
    this.sequences[at] = literals;
    this.sequences[at + 1] = length;
    this.sequences[at + 2] = distance;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

function matchLength(bytes: Uint8Array, { place, at }: { place: number; at: number }, to: number): number {
  let length = LEAST_MATCH;
  while (at + length < to && bytes[place + length] === bytes[at + length]) length++;
  return length;
}
