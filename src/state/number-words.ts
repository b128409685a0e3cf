import type { BoolColumn, Float64Column, Int32Column, Int64Column } from "../columnar/column.js";

/** Where the words of a block of rows go: entry i of the block is physical row rows[from + i]. */
export interface WordBlock {
  readonly rows: Int32Array;
  readonly from: number;
  readonly count: number;
  /** Word `word` of block row i is words[i * stride + word]. */
  readonly words: Int32Array;
  readonly stride: number;
  readonly word: number;
}

const CANONICAL_NAN_HIGH = 0x7ff80000;

export function encodeBool(column: BoolColumn, block: WordBlock): void {
  const { rows, from, count, words, stride } = block;
  const values = column.values;
  for (let i = 0, at = block.word; i < count; i++, at += stride) words[at] = values[rows[from + i]];
}

export function encodeInt32(column: Int32Column, block: WordBlock): void {
  const { rows, from, count, words, stride } = block;
  const values = column.values;
  for (let i = 0, at = block.word; i < count; i++, at += stride) words[at] = values[rows[from + i]];
}

/** `halves` views the column's values as int32 pairs, low half first. */
export function encodeInt64(halves: Int32Array, block: WordBlock): void {
  const { rows, from, count, words, stride } = block;
  for (let i = 0, at = block.word; i < count; i++, at += stride) {
    const half = rows[from + i] << 1;
    words[at] = halves[half];
    words[at + 1] = halves[half + 1];
  }
}

/** -0 as +0 and every NaN as the canonical one: their images are equal. */
export function encodeFloat64(column: Float64Column, halves: Int32Array, block: WordBlock): void {
  const { rows, from, count, words, stride } = block;
  const values = column.values;
  for (let i = 0, at = block.word; i < count; i++, at += stride) {
    const row = rows[from + i];
    const value = values[row];
    if (value === 0) {
      words[at] = 0;
      words[at + 1] = 0;
    } else if (Number.isNaN(value)) {
      words[at] = 0;
      words[at + 1] = CANONICAL_NAN_HIGH;
    } else {
      words[at] = halves[row << 1];
      words[at + 1] = halves[(row << 1) + 1];
    }
  }
}

/** The int32 halves of 64-bit values. */
export function halvesOf(column: Int64Column | Float64Column): Int32Array {
  const { buffer, byteOffset, length } = column.values;
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** Sets NULL bit `nullBit` and zeroes the part's `size` words in every row that is NULL; validity null = all are. */
export function maskNullWords(block: WordBlock, validity: Uint8Array | null, part: { nullBit: number; size: number }): void {
  const { rows, from, count, words, stride, word } = block;
  const bit = 1 << (part.nullBit & 31);
  const bitWord = part.nullBit >>> 5;
  for (let i = 0; i < count; i++) {
    if (validity !== null && validity[rows[from + i]] !== 0) continue;
    const image = i * stride;
    words[image + bitWord] |= bit;
    for (let k = 0; k < part.size; k++) words[image + word + k] = 0;
  }
}
