import { allocateBytes } from "../columnar/buffers.js";
import type { Chunk } from "../columnar/chunk.js";
import { rowsColumn } from "../columnar/rows-column.js";
import { formatJsonColumn } from "./format-json-column.js";
import type { WritableFormat } from "./writable-format.js";

const NEWLINE = 10;

/** One JSON object per line, written as `toJson` writes: NULL fields are left out. */
export const jsonLinesWriter: WritableFormat = Object.freeze({
  name: "json",
  extension: "json",
  async encoderFor() {
    return function* (chunks) {
      for (const chunk of chunks) yield linesOf(chunk);
    };
  },
} satisfies WritableFormat);

function linesOf(chunk: Chunk): Uint8Array {
  const { length } = chunk;
  const { offsets, bytes } = formatJsonColumn(rowsColumn(chunk), { sel: null, count: length });
  const lines = allocateBytes(offsets[length] + length);
  for (let i = 0; i < length; i++) {
    lines.set(bytes.subarray(offsets[i], offsets[i + 1]), offsets[i] + i);
    lines[offsets[i + 1] + i] = NEWLINE;
  }
  return lines;
}
