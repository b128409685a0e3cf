import type { Column } from "../../columnar/column.js";
import { decodeText } from "../../columnar/decode-text.js";
import { countedValidity, validityBytes } from "../../columnar/validity.js";
import type { DataType } from "../../types/data-type.js";
import { type TextView, textView } from "./text-view.js";
import type { Rows } from "./vector-kernel.js";

/** Text that is read into values of another type. */
export interface TextSource {
  readonly column: Column;
  readonly rows: Rows;
  readonly length: number;
  readonly type: DataType;
  /** Called with a text that holds no value; null: such a row is NULL. */
  readonly refuse: ((text: string, row: number) => never) | null;
}

/** Takes one value out of bytes[from, to) and stores it at `row`; false where there is none. */
export type ReadRow = (bytes: Uint8Array, range: readonly [number, number], row: number) => boolean;

/** Reads every selected row that is not NULL, and returns what the result has besides its values. */
export function readTextRows(
  { column, rows, length, type, refuse }: TextSource,
  read: ReadRow,
): Pick<Column, "type" | "length" | "nullCount" | "validity"> {
  const { validity, nullCount } = column;
  const view = textView(column);
  const { bytes, offsets, indices } = view;
  const range: [number, number] = [0, 0];
  let failed: Uint8Array | null = null;
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    if (validity !== null && validity[row] === 0) continue;
    const entry = indices === null ? row : indices[row];
    range[0] = offsets[entry];
    range[1] = offsets[entry + 1];
    if (read(bytes, range, row)) continue;
    if (refuse !== null) refuse(shownText(view, entry), row);
    failed ??= validityBytes(null, length);
    failed[row] = 0;
  }
  if (failed === null) return { type, length, validity, nullCount };
  if (validity !== null) for (let i = 0; i < length; i++) failed[i] &= validity[i];
  return { type, length, ...countedValidity(failed, length) };
}

/** Enough of the text to find it again. */
function shownText({ bytes, offsets }: TextView, entry: number): string {
  const text = decodeText(bytes, offsets[entry], offsets[entry + 1]);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
