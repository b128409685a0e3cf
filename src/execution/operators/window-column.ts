import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column, Int64Column, StructColumn } from "../../columnar/column.js";
import type { AnalysedWindow } from "../../plan/analysed-node.js";
import type { DataType } from "../../types/data-type.js";
import type { WindowArrays } from "./window-kernels.js";

/** The selected rows that have a time; null = all rows of the chunk. */
export function withTimes(chunk: Chunk, times: Int64Column): Int32Array | null {
  const { validity } = times;
  if (validity === null) return chunk.sel;
  const rows = selectedCount(chunk);
  const kept = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const row = chunk.sel === null ? i : chunk.sel[i];
    kept[count] = row;
    count += validity[row];
  }
  return count === rows ? chunk.sel : kept.subarray(0, count);
}

/** False for a column without any time, which puts no row into a window. */
export function areInstants(times: Column): times is Int64Column {
  if (times.layout === "int64") return true;
  if (times.layout === "null") return false;
  throw new Error(`Broken invariant: event times of layout ${times.layout}`);
}

/** Type of the struct that the node appends. */
export function windowType({ schema }: AnalysedWindow): DataType {
  return schema.fields[schema.fields.length - 1].type;
}

export function windowColumn({ starts, ends }: WindowArrays, length: number, type: DataType): StructColumn {
  if (type.kind !== "struct") throw new Error("Broken invariant: a window is a struct");
  const member = (index: number, values: BigInt64Array): Int64Column => {
    return { layout: "int64", type: type.fields[index].type, length, nullCount: 0, validity: null, values };
  };
  return {
    layout: "struct",
    type,
    length,
    nullCount: 0,
    validity: null,
    children: [member(0, starts), member(1, ends)],
  };
}
