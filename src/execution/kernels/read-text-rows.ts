import type { BytesColumn } from "../../columnar/column.js";
import type { Rows } from "./rows.js";

/** Takes one value out of bytes[from, to) and stores it at `row`; false where there is none. */
export type ReadRow = (bytes: Uint8Array, range: readonly [number, number], row: number) => boolean;

/** Reads the text of every row, none of which is NULL. */
export function readTextRows(
  { bytes, offsets }: BytesColumn,
  { sel, count }: Rows,
  { read, refuse }: { readonly read: ReadRow; readonly refuse: (row: number) => void },
): void {
  const range: [number, number] = [0, 0];
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    range[0] = offsets[row];
    range[1] = offsets[row + 1];
    if (!read(bytes, range, row)) refuse(row);
  }
}
