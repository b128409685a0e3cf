import type { Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { takeChunk, takeColumn } from "../../columnar/take.js";
import type { ReadColumns } from "../read-columns.js";

/**
 * Physical rows of a chunk, each as often as it is listed. Columns that nobody reads are left out (NULL); text is not
 * copied but referred to, with the chunk's own column as the dictionary.
 */
export function repeatRows(
  chunk: Chunk,
  rows: { readonly rows: Int32Array; readonly count: number },
  read: ReadColumns,
): Chunk {
  const columns = chunk.columns.map((column, index) => {
    return read === null || read.has(index)
      ? repeatColumn(column, rows.rows, rows.count)
      : nullColumn(column.type, rows.count);
  });
  return { ...takeChunk({ ...chunk, columns: [] }, rows.rows, rows.count), columns };
}

function repeatColumn(column: Column, rows: Int32Array, count: number): Column {
  if (column.layout !== "bytes" || column.type.kind !== "utf8") return takeColumn(column, rows, count);
  const { type, length, offsets, bytes } = column;
  const dictionary = { layout: "bytes", type, length, nullCount: 0, validity: null, offsets, bytes } as const;
  const indices = rows.slice(0, count);
  if (column.validity === null)
    return { layout: "dictionary", type, length: count, nullCount: 0, validity: null, indices, dictionary };
  const validity = new Uint8Array(count);
  let valid = 0;
  for (let i = 0; i < count; i++) {
    validity[i] = column.validity[rows[i]];
    valid += validity[i];
  }
  return { layout: "dictionary", type, length: count, nullCount: count - valid, validity, indices, dictionary };
}
