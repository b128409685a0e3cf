import { allocateBytes } from "../../columnar/buffers.js";
import type { BytesColumn, Column } from "../../columnar/column.js";
import { decodeText } from "../../columnar/decode-text.js";
import { isAscii } from "./is-ascii.js";
import { type KernelInput, strictKernel } from "./kernel.js";
import { columnAs, noNulls } from "./lane-column.js";
import { RowTexts } from "./row-texts.js";

/** One direction: what to do with ASCII bytes, and with any other text. */
interface CaseChange {
  /** ASCII byte -> byte. */
  readonly table: Uint8Array;
  readonly change: (text: string) => string;
}

const UPPER: CaseChange = { table: caseTable(97, -32), change: (text) => text.toUpperCase() };
const LOWER: CaseChange = { table: caseTable(65, 32), change: (text) => text.toLowerCase() };

export const upper = strictKernel(() => (input) => changeCase(input, UPPER));
export const lower = strictKernel(() => (input) => changeCase(input, LOWER));

/** The 26 letters from `first` on move by `shift`. */
function caseTable(first: number, shift: number): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, byte) => (byte >= first && byte < first + 26 ? byte + shift : byte));
}

function changeCase(input: KernelInput, by: CaseChange): Column {
  const { rows, length } = input;
  const column = columnAs(input.column(0), "bytes");
  const { type, offsets, bytes } = column;
  // Cases of ASCII have one length, so the offsets can be shared. Rows nobody asked for are cheap here and cannot fail.
  if (rows.count * 2 >= length && isAscii(bytes, offsets[0], offsets[length])) {
    return { ...noNulls(type, length), layout: "bytes", offsets, bytes: mappedBytes(by.table, bytes, offsets[length]) };
  }
  return changeRows(column, input, by);
}

function mappedBytes(table: Uint8Array, bytes: Uint8Array, end: number): Uint8Array {
  const out = allocateBytes(end);
  for (let p = 0; p < end; p++) out[p] = table[bytes[p] & 127];
  return out;
}

function changeRows({ bytes, offsets, type }: BytesColumn, { rows, length }: KernelInput, by: CaseChange): Column {
  const out = new RowTexts(length, 16 * rows.count);
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    const from = offsets[row];
    const to = offsets[row + 1];
    out.start(row);
    if (isAscii(bytes, from, to)) copyMapped(out, by.table, { bytes, from, to });
    else out.text(by.change(decodeText(bytes, from, to)));
  }
  return out.finish(type);
}

function copyMapped(out: RowTexts, table: Uint8Array, text: { bytes: Uint8Array; from: number; to: number }): void {
  out.reserve(text.to - text.from);
  let { end } = out;
  for (let p = text.from; p < text.to; p++) out.bytes[end++] = table[text.bytes[p]];
  out.end = end;
}
