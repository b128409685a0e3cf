import { allocateInt32, allocateValidity } from "../columnar/buffers.js";
import type { BytesColumn, ListColumn, StructColumn } from "../columnar/column.js";
import { columnBuilder } from "../columnar/column-builder.js";
import { concatColumns } from "../columnar/concat.js";
import { fromArrow } from "../columnar/from-arrow.js";
import { countedValidity } from "../columnar/validity.js";
import { MillraceError } from "../common/millrace-error.js";
import type { ListType } from "../types/data-type.js";
import { fitChunk } from "./fit-chunk.js";
import type { SelectedRows } from "./selected-rows.js";

/**
 * fromArrowIpc: one Arrow IPC stream per row -> a list of its rows, aligned with the physical rows. NULL where the bytes are no
 * stream, or one whose columns are of other types.
 */
export function parseArrowColumn(column: BytesColumn, rows: SelectedRows, type: ListType): ListColumn {
  const { length } = column;
  const validity = allocateValidity(length).fill(0);
  const offsets = allocateInt32(length + 1);
  const found: StructColumn[] = [];
  let filled = 0;
  let end = 0;
  for (let i = 0; i < rows.count; i++) {
    const row = rows.sel === null ? i : rows.sel[i];
    offsets.fill(end, filled, row + 1);
    filled = row + 1;
    const parts = rowsOfStream(column.bytes.slice(column.offsets[row], column.offsets[row + 1]), type);
    if (parts === null) continue;
    validity[row] = 1;
    found.push(...parts);
    for (const part of parts) end += part.length;
  }
  offsets.fill(end, filled, length + 1);
  const elements = found.length === 0 ? columnBuilder(type.element).finish() : concatColumns(found);
  return { layout: "list", type, length, ...countedValidity(validity, length), offsets, elements };
}

function rowsOfStream(bytes: Uint8Array, { element }: ListType): readonly StructColumn[] | null {
  if (element.kind !== "struct" || bytes.length === 0) return null;
  try {
    return fromArrow(bytes).chunks.map((chunk): StructColumn => {
      const { columns, length } = fitChunk(chunk, element, "the stream");
      return { layout: "struct", type: element, length, nullCount: 0, validity: null, children: columns };
    });
  } catch (error) {
    if (error instanceof MillraceError) return null;
    throw error;
  }
}
