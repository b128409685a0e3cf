import { allocateInt64 } from "../../columnar/buffers.js";
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

/** Windows of one size, by their starts. Nobody but sinks needs the ends as a rule, so those of many rows are made when they are read. */
export interface FixedWindows {
  readonly starts: BigInt64Array;
  readonly size: bigint;
  /** The least start; null = not known. */
  readonly least: bigint | null;
}

/** Up to here making the ends costs less than a column that makes them on demand. */
const FEW_ROWS = 256;

export function fixedWindowColumn(windows: FixedWindows, length: number, type: DataType): StructColumn {
  const start = timesOf(memberType(type, 0), windows.starts, length);
  const ends = length <= FEW_ROWS ? endsMade(windows, length, type) : endsOnDemand(windows, length, type);
  return structOf([start, ends], length, type);
}

function endsMade({ starts, size, least }: FixedWindows, length: number, type: DataType): Int64Column {
  return {
    layout: "int64",
    type: memberType(type, 1),
    length,
    nullCount: 0,
    validity: null,
    values: endsOf(starts, size, length),
    least: least === null ? undefined : least + size,
  };
}

function endsOnDemand({ starts, size, least }: FixedWindows, length: number, type: DataType): Int64Column {
  let ends: BigInt64Array | null = null;
  return {
    layout: "int64",
    type: memberType(type, 1),
    length,
    nullCount: 0,
    validity: null,
    least: least === null ? undefined : least + size,
    get values() {
      ends ??= endsOf(starts, size, length);
      return ends;
    },
  };
}

function endsOf(starts: BigInt64Array, size: bigint, length: number): BigInt64Array {
  const ends = allocateInt64(length);
  for (let row = 0; row < length; row++) ends[row] = starts[row] + size;
  return ends;
}

export function windowColumn({ starts, ends }: WindowArrays, length: number, type: DataType): StructColumn {
  return structOf(
    [timesOf(memberType(type, 0), starts, length), timesOf(memberType(type, 1), ends, length)],
    length,
    type,
  );
}

function timesOf(type: DataType, values: BigInt64Array, length: number): Int64Column {
  return { layout: "int64", type, length, nullCount: 0, validity: null, values };
}

function structOf(children: readonly Column[], length: number, type: DataType): StructColumn {
  return { layout: "struct", type, length, nullCount: 0, validity: null, children };
}

function memberType(type: DataType, index: number): DataType {
  if (type.kind !== "struct") throw new Error("Broken invariant: a window is a struct");
  return type.fields[index].type;
}
