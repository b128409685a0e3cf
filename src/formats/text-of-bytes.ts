import { allocateInt32 } from "../columnar/buffers.js";
import type { BytesColumn } from "../columnar/column.js";
import { joinBytes } from "../columnar/join-bytes.js";
import type { DataType } from "../types/data-type.js";
import { isValidUtf8, repairedUtf8 } from "./utf8.js";

/** Bytes as text, without a copy where they are UTF-8. What is none becomes U+FFFD, as wherever text is decoded. */
export function textOfBytes(column: BytesColumn, type: DataType): BytesColumn {
  return isText(column) ? { ...column, type } : repaired(column, type);
}

/** The rows together are UTF-8, and none begins inside a character. */
function isText({ bytes, offsets, length }: BytesColumn): boolean {
  const from = offsets[0];
  const to = offsets[length];
  if (isAsciiRange(bytes, from, to)) return true;
  for (let row = 1; row < length; row++) {
    const start = offsets[row];
    if (start < to && (bytes[start] & 0xc0) === 0x80) return false;
  }
  return isValidUtf8(bytes, from, to);
}

/** Words of four bytes where there are any: most text is ASCII, and is looked at in full. */
function isAsciiRange(bytes: Uint8Array, from: number, to: number): boolean {
  const firstWord = from + ((4 - ((bytes.byteOffset + from) & 3)) & 3);
  if (to - firstWord < 4) return areAscii(bytes, from, to);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + firstWord, (to - firstWord) >> 2);
  for (let i = 0; i < words.length; i++) if ((words[i] & 0x80808080) !== 0) return false;
  return areAscii(bytes, from, firstWord) && areAscii(bytes, firstWord + 4 * words.length, to);
}

function areAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] > 127) return false;
  return true;
}

function repaired(column: BytesColumn, type: DataType): BytesColumn {
  const { length } = column;
  const offsets = allocateInt32(length + 1);
  const rows: Uint8Array[] = [];
  for (let row = 0; row < length; row++) {
    const text = repairedUtf8(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]));
    rows.push(text);
    offsets[row + 1] = offsets[row] + text.length;
  }
  return { ...column, type, offsets, bytes: joinBytes(rows) };
}
