import { allocateBytes } from "../columnar/buffers.js";
import type { Chunk } from "../columnar/chunk.js";
import { plainColumn } from "../columnar/decode-dictionary.js";
import { FormatError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import type { WritableFormat } from "./writable-format.js";

const NEWLINE = 10;

/** The one column of text, a line per row, as it is; a NULL is an empty line. */
export const textWriter: WritableFormat = Object.freeze({
  name: "text",
  extension: "txt",
  async encoderFor(schema) {
    requireText(schema);
    return function* (chunks) {
      for (const chunk of chunks) yield linesOf(chunk);
    };
  },
} satisfies WritableFormat);

function requireText({ fields }: Schema): void {
  const [first] = fields;
  if (fields.length === 1 && first?.type.kind === "utf8") return;
  const columns = fields.map(({ name, type }) => `${name} ${formatType(type)}`).join(", ");
  throw new FormatError("TEXT_ONE_COLUMN", `A text file holds one column of text, not (${columns}).`, {
    hint: "Select one column, cast to text or packed by toJson(struct(...)); or write json.",
  });
}

function linesOf({ columns, length }: Chunk): Uint8Array {
  const column = plainColumn(columns[0]);
  if (column.layout !== "bytes") return allocateBytes(length).fill(NEWLINE);
  const { offsets, bytes, validity } = column;
  const lines = allocateBytes(offsets[length] - offsets[0] + length);
  let end = 0;
  for (let i = 0; i < length; i++) {
    if (validity === null || validity[i] === 1) {
      lines.set(bytes.subarray(offsets[i], offsets[i + 1]), end);
      end += offsets[i + 1] - offsets[i];
    }
    lines[end++] = NEWLINE;
  }
  return lines.subarray(0, end);
}
