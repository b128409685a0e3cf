import { allocateBytes, allocateInt32 } from "../columnar/buffers.js";
import type { BytesColumn } from "../columnar/column.js";
import { repairedUtf8 } from "../formats/utf8.js";
import type { DataType } from "../types/data-type.js";

const NEWLINE = 10;
const RETURN = 13;
const UTF8: DataType = Object.freeze({ kind: "utf8" });

/** One row per line, without its newline and the return in front of it; a last line may lack the newline. */
export function linesColumn(lines: Uint8Array): BytesColumn {
  const text = repairedUtf8(lines);
  const length = countLines(text);
  const offsets = allocateInt32(length + 1);
  const bytes = allocateBytes(text.length);
  let row = 0;
  let end = 0;
  for (let from = 0; from < text.length; row++) {
    const newline = text.indexOf(NEWLINE, from);
    const to = newline < 0 ? text.length : newline;
    const line = text.subarray(from, to > from && text[to - 1] === RETURN ? to - 1 : to);
    bytes.set(line, end);
    end += line.length;
    offsets[row + 1] = end;
    from = to + 1;
  }
  return { layout: "bytes", type: UTF8, length, nullCount: 0, validity: null, offsets, bytes };
}

function countLines(text: Uint8Array): number {
  let length = text[text.length - 1] === NEWLINE ? 0 : 1;
  for (const byte of text) if (byte === NEWLINE) length++;
  return length;
}
