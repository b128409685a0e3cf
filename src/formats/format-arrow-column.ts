import { allocateInt32 } from "../columnar/buffers.js";
import { chunkOf } from "../columnar/chunk-of.js";
import type { BytesColumn, Column } from "../columnar/column.js";
import { joinBytes } from "../columnar/join-bytes.js";
import { sliceColumn } from "../columnar/slice.js";
import { toIpc } from "../columnar/to-arrow.js";
import type { DataType } from "../types/data-type.js";
import type { SelectedRows } from "./selected-rows.js";

const BINARY: DataType = Object.freeze({ kind: "binary" });

/** toArrowIpc: the struct of a row, or the structs of its list, as one Arrow IPC stream; aligned with the physical rows. */
export function formatArrowColumn(column: Column, rows: SelectedRows): BytesColumn {
  const { length } = column;
  const streams: Uint8Array[] = [];
  const offsets = allocateInt32(length + 1);
  let filled = 0;
  let end = 0;
  for (let i = 0; i < rows.count; i++) {
    const row = rows.sel === null ? i : rows.sel[i];
    offsets.fill(end, filled, row + 1);
    filled = row + 1;
    const stream = streamOf(rowsAt(column, row));
    streams.push(stream);
    end += stream.length;
  }
  offsets.fill(end, filled, length + 1);
  return { layout: "bytes", type: BINARY, length, nullCount: 0, validity: null, offsets, bytes: joinBytes(streams) };
}

function rowsAt(column: Column, row: number): Column {
  if (column.layout !== "list") return sliceColumn(column, row, row + 1);
  return sliceColumn(column.elements, column.offsets[row], column.offsets[row + 1]);
}

function streamOf(rows: Column): Uint8Array {
  const { type, length } = rows;
  if (rows.layout !== "struct" || type.kind !== "struct") {
    throw new Error(`Broken invariant: rows of Arrow are structs, not ${rows.layout}`);
  }
  // The type is the same object for every row: its Arrow form is kept by it.
  return toIpc(type, [chunkOf(type, rows.children, length)]);
}
