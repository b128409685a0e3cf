import type { BytesColumn } from "../columnar/column.js";
import type { ImageBlock } from "./image-block.js";
import { INLINE_TEXT_BYTES } from "./key-layout.js";

/** Words of a text part: length, then four of prefix or hashes. */
export const TEXT_WORDS = 5;
/** The length word of NULL. */
export const NULL_LENGTH = -1;

/** MASKS[4 * length + k]: the bytes of prefix word k that belong to a text of that length. */
export const PREFIX_MASKS = prefixMasks();

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
 * Writes the words of every text of the block, from word `word` of each image. Loads 16 bytes without a branch and
 * masks what is not the text's own; only the last texts of a buffer, and long ones, take the slow way
 * (performance.md 10, rule 4). True when there was a long one.
 */
export function encodeText(source: { text: BytesColumn; view: DataView }, block: ImageBlock, word: number): boolean {
  const { rows, from, count, images, stride } = block;
  const { view } = source;
  const { offsets } = source.text;
  const lastSafe = view.byteLength - INLINE_TEXT_BYTES;
  let sawLong = false;
  for (let i = 0, at = word; i < count; i++, at += stride) {
    const row = rows[from + i];
    const start = offsets[row];
    const length = offsets[row + 1] - start;
    if (length <= INLINE_TEXT_BYTES && start <= lastSafe) {
      const mask = length << 2;
      images[at] = length;
      images[at + 1] = view.getInt32(start, true) & PREFIX_MASKS[mask];
      images[at + 2] = view.getInt32(start + 4, true) & PREFIX_MASKS[mask + 1];
      images[at + 3] = view.getInt32(start + 8, true) & PREFIX_MASKS[mask + 2];
      images[at + 4] = view.getInt32(start + 12, true) & PREFIX_MASKS[mask + 3];
    } else {
      images[at] = length;
      encodeSlowText(view, start, images.subarray(at, at + TEXT_WORDS));
      sawLong ||= length > INLINE_TEXT_BYTES;
    }
  }
  return sawLong;
}

/** Fills words[1..4] of a text whose length is in words[0]. */
export function encodeSlowText(view: DataView, start: number, words: Int32Array): void {
  const length = words[0];
  if (length > INLINE_TEXT_BYTES) {
    hashLongText(view, start, words);
    return;
  }
  for (let k = 0; k < 4; k++) {
    let packed = 0;
    for (let b = 4 * k; b < Math.min(length, 4 * k + 4); b++) packed |= view.getUint8(start + b) << (8 * (b & 3));
    words[1 + k] = packed;
  }
}

/** Two independent hashes of all bytes, then the first and last four: enough that bytes are rarely compared in vain. */
function hashLongText(view: DataView, start: number, words: Int32Array): void {
  const length = words[0];
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
  words[1] = Math.imul(first ^ last, 0xc2b2ae35);
  words[2] = Math.imul(second ^ last, 0x27d4eb2f);
  words[3] = view.getInt32(start, true);
  words[4] = last;
}
