import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { decodeText } from "../../columnar/decode-text.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { isAscii } from "./is-ascii.js";
import { oncePerEntry } from "./once-per-entry.js";
import { type TextView, textView } from "./text-view.js";
import { TextWriter } from "./text-writer.js";
import type { Rows, VectorCall, VectorKernel } from "./vector-kernel.js";

/** One direction: what to do with ASCII bytes, and with any other text. */
interface CaseChange {
  /** ASCII byte -> byte. */
  readonly table: Uint8Array;
  readonly change: (text: string) => string;
}

const UPPER: CaseChange = { table: caseTable(97, -32), change: (text) => text.toUpperCase() };
const LOWER: CaseChange = { table: caseTable(65, 32), change: (text) => text.toLowerCase() };

export const upperKernel: VectorKernel = oncePerEntry((call) => changeCase(call, UPPER));
export const lowerKernel: VectorKernel = oncePerEntry((call) => changeCase(call, LOWER));

/** The 26 letters from `first` on move by `shift`. */
function caseTable(first: number, shift: number): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, byte) => (byte >= first && byte < first + 26 ? byte + shift : byte));
}

function changeCase({ args, expression, length, rows }: VectorCall, change: CaseChange): Column {
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const [column] = args;
  // Cases of ASCII have one length, so the offsets can be shared. Rows nobody asked for are cheap here and cannot fail.
  if (column.layout === "bytes" && rows.count * 2 >= length) {
    const { bytes, offsets } = column;
    if (isAscii(bytes, offsets[0], offsets[length]))
      return { ...column, type: expression.type, bytes: mappedBytes(change.table, bytes, offsets[length]) };
  }
  return writeRows(textView(column), rows, new TextWriter(length, 16 * rows.count), change).finish(
    expression.type,
    length,
    validity,
  );
}

function mappedBytes(table: Uint8Array, bytes: Uint8Array, end: number): Uint8Array {
  const out = allocateBytes(end);
  for (let p = 0; p < end; p++) out[p] = table[bytes[p] & 127];
  return out;
}

function writeRows({ bytes, offsets, indices }: TextView, rows: Rows, writer: TextWriter, by: CaseChange): TextWriter {
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const entry = indices === null ? row : indices[row];
    const from = offsets[entry];
    const to = offsets[entry + 1];
    if (isAscii(bytes, from, to)) appendMapped(writer, by.table, { bytes, from, to });
    else writer.appendText(by.change(decodeText(bytes, from, to)));
    writer.closeRow(row);
  }
  return writer;
}

function appendMapped(writer: TextWriter, table: Uint8Array, text: { bytes: Uint8Array; from: number; to: number }): void {
  writer.reserve(text.to - text.from);
  let { end } = writer;
  for (let p = text.from; p < text.to; p++) writer.bytes[end++] = table[text.bytes[p]];
  writer.end = end;
}
