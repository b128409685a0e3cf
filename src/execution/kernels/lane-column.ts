import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../../columnar/buffers.js";
import type {
  BoolColumn,
  BytesColumn,
  Column,
  Float64Column,
  Int32Column,
  Int64Column,
  ListColumn,
  StructColumn,
} from "../../columnar/column.js";
import { ALL_VALID, type Validity } from "../../columnar/validity.js";
import type { DataType } from "../../types/data-type.js";
import type { Lane } from "./lane.js";

export type LaneColumn = BoolColumn | Int32Column | Int64Column | Float64Column;

interface Layouts {
  bool: BoolColumn;
  int32: Int32Column;
  int64: Int64Column;
  float64: Float64Column;
  bytes: BytesColumn;
  list: ListColumn;
  struct: StructColumn;
}

/** The column as one of this layout; its type says that it has no other. */
export function columnAs<L extends keyof Layouts>(column: Column, layout: L): Layouts[L] {
  if (column.layout !== layout) throw new Error(`Broken invariant: a ${layout} column has layout ${column.layout}`);
  return column as Layouts[L];
}

const BOOL: DataType = Object.freeze({ kind: "bool" });

export function boolColumn(values: Uint8Array, length: number, validity: Validity = ALL_VALID): BoolColumn {
  return { layout: "bool", type: BOOL, length, ...validity, values };
}

/** Head of a column without NULLs. */
export function noNulls(type: DataType, length: number): Pick<Column, "type" | "length" | "nullCount" | "validity"> {
  return { type, length, nullCount: 0, validity: null };
}

/** An empty column of a lane, its values to be written. */
export function newLaneColumn(lane: Lane, type: DataType, length: number): LaneColumn {
  const head = noNulls(type, length);
  switch (lane) {
    case "bool":
      return { ...head, layout: lane, values: allocateBytes(length) };
    case "int32":
      return { ...head, layout: lane, values: allocateInt32(length) };
    case "int64":
      return { ...head, layout: lane, values: allocateInt64(length) };
    case "float64":
      return { ...head, layout: lane, values: allocateFloat64(length) };
  }
}
