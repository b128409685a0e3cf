import type { BytesColumn } from "../columnar/column.js";
import { INLINE_TEXT_BYTES } from "./key-layout.js";

/** Words of a text part: length, then four of prefix or hashes. */
export const TEXT_WORDS = 5;
/** The length word of NULL. */
export const NULL_LENGTH = -1;

/** What a block of rows of one text part is read from and written to. */
export interface TextBlock {
  readonly text: BytesColumn;
  readonly view: DataView;
  /** Physical rows; entry i of the block is rows[from + i]. */
  readonly rows: Int32Array;
  readonly from: number;
  readonly count: number;
  /** Image word `word` of block row i is words[i * stride + word]. */
  readonly words: Int32Array;
  readonly stride: number;
  readonly word: number;
}

/** MASKS[4 * length + k]: the bytes of prefix word k that belong to a text of that length. */
const MASKS = prefixMasks();

function prefixMasks(): Int32Array {
  const masks = new Int32Array((INLINE_TEXT_BYTES + 1) * 4);
  for (let length = 0; length <= INLINE_TEXT_BYTES; length++) {
    for (let k = 0; k < 4; k++) {
      const bytes = Math.min(4, Math.max(0, length - 4 * k));
      masks[4 * length + k] = bytes === 4 ? -1 : (1 << (8 * bytes)) - 1;
    }
  }
  return masks;
}

/** A view for `encodeText`; made once per column, not per block. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Writes the words of every text of the block. Loads 16 bytes without a branch and masks what is not the text's own;
 * only the last texts of a buffer, and long ones, take the slow way (performance.md 10, rule 4).
 */
export function encodeText(block: TextBlock): void {
  const { view, rows, from, count, words, stride, word } = block;
  const offsets = block.text.offsets;
  const lastSafe = view.byteLength - INLINE_TEXT_BYTES;
  for (let i = 0, at = word; i < count; i++, at += stride) {
    const row = rows[from + i];
    const start = offsets[row];
    const length = offsets[row + 1] - start;
    if (length <= INLINE_TEXT_BYTES && start <= lastSafe) {
      const mask = length << 2;
      words[at] = length;
      words[at + 1] = view.getInt32(start, true) & MASKS[mask];
      words[at + 2] = view.getInt32(start + 4, true) & MASKS[mask + 1];
      words[at + 3] = view.getInt32(start + 8, true) & MASKS[mask + 2];
      words[at + 4] = view.getInt32(start + 12, true) & MASKS[mask + 3];
    } else {
      encodeSlowly(block, row, at);
    }
  }
}

function encodeSlowly(block: TextBlock, row: number, at: number): void {
  const { bytes, offsets } = block.text;
  const start = offsets[row];
  const length = offsets[row + 1] - start;
  block.words[at] = length;
  if (length > INLINE_TEXT_BYTES) {
    hashLongText(block, start, at);
    return;
  }
  for (let k = 0; k < 4; k++) {
    let packed = 0;
    for (let b = 4 * k; b < Math.min(length, 4 * k + 4); b++) packed |= bytes[start + b] << (8 * (b & 3));
    block.words[at + 1 + k] = packed;
  }
}

/** Two independent hashes of all bytes, then the first and last four: enough that bytes are rarely compared in vain. */
function hashLongText(block: TextBlock, start: number, at: number): void {
  const { view, words } = block;
  const length = words[at];
  const end = start + length;
  let first = length;
  let second = ~length;
  for (let p = start; p + 4 <= end; p += 4) {
    const loaded = view.getInt32(p, true);
    first = Math.imul(first ^ loaded, 0x9e3779b1);
    first ^= first >>> 15;
    second = Math.imul(second ^ loaded, 0x85ebca6b);
    second ^= second >>> 13;
  }
  const last = view.getInt32(end - 4, true);
  words[at + 1] = Math.imul(first ^ last, 0xc2b2ae35);
  words[at + 2] = Math.imul(second ^ last, 0x27d4eb2f);
  words[at + 3] = view.getInt32(start, true);
  words[at + 4] = last;
}

/** Makes the words of NULL rows those of NULL. */
export function maskNullText(block: Omit<TextBlock, "text" | "view">, validity: Uint8Array): void {
  const { rows, from, count, words, stride, word } = block;
  for (let i = 0, at = word; i < count; i++, at += stride) {
    if (validity[rows[from + i]] !== 0) continue;
    words[at] = NULL_LENGTH;
    words.fill(0, at + 1, at + TEXT_WORDS);
  }
}
