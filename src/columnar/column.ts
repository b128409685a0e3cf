import type { DataType } from "../types/data-type.js";

/**
 * A column: plain structs over typed arrays. What must hold for every one:
 * - It starts at row 0: slices are taken with `subarray`, never with a hidden offset.
 * - `validity` is null when no row is NULL, else one BYTE per row, 1 = valid, 0 = NULL (bitmaps exist only at the Arrow
 *   edge: testing a bitmap costs 4-9 ns a row in JavaScript, a byte less than one). `nullCount` is exact.
 * - The value of a NULL row is unspecified but in bounds (offsets stay monotone, dictionary indices stay in range).
 * - Arrays may be longer than `length` needs; rows are 0..length-1.
 * - Nobody writes into a column after it has been handed on.
 * The class of every array is the one named here: Buffer, Uint8ClampedArray, SharedArrayBuffer views are normalised
 * where data enters (a kernel that has met another class is slower for the rest of the process).
 */
export type Column =
  | NullColumn
  | BoolColumn
  | Int32Column
  | Int64Column
  | Float64Column
  | BytesColumn
  | DictionaryColumn
  | ListColumn
  | StructColumn;

interface ColumnBase {
  readonly type: DataType;
  readonly length: number;
  readonly nullCount: number;
  readonly validity: Uint8Array | null;
}

/** Every row NULL, of whatever type. `validity` is null here although every row is NULL; nullCount = length. */
export interface NullColumn extends ColumnBase {
  readonly layout: "null";
}

/** One byte per row, 0 or 1. */
export interface BoolColumn extends ColumnBase {
  readonly layout: "bool";
  readonly values: Uint8Array;
}

/** int32 and date (days). */
export interface Int32Column extends ColumnBase {
  readonly layout: "int32";
  readonly values: Int32Array;
}

/** int64 and timestamp (microseconds). Kernels may view the buffer as Int32Array pairs: low half first. */
export interface Int64Column extends ColumnBase {
  readonly layout: "int64";
  readonly values: BigInt64Array;
  /** Where it is known for free: no row that counts has a value below this. */
  readonly least?: bigint | undefined;
  /** Where `values` are made when they are read, because few read them: what they are made of. Means nothing once the column has NULLs: read it by scaledOf. */
  readonly scaled?: ScaledValues | undefined;
}

/** Row i is source[i] * factor, below 2^52 and above -2^52, where doubles are exact. */
export interface ScaledValues {
  readonly source: BigInt64Array;
  readonly factor: number;
}

export interface Float64Column extends ColumnBase {
  readonly layout: "float64";
  readonly values: Float64Array;
}

/** utf8 and binary. Row i is bytes[offsets[i], offsets[i+1]); offsets[0] need not be 0. Text is valid UTF-8. */
export interface BytesColumn extends ColumnBase {
  readonly layout: "bytes";
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}

/**
 * utf8 by reference: row i is dictionary row indices[i]. The dictionary has no NULLs (a NULL row is NULL in `validity`)
 * but may hold equal texts twice; ids mean nothing outside this column. type is utf8.
 */
export interface DictionaryColumn extends ColumnBase {
  readonly layout: "dictionary";
  readonly indices: Int32Array;
  readonly dictionary: BytesColumn;
}

/** Row i is rows [offsets[i], offsets[i+1]) of `elements`. */
export interface ListColumn extends ColumnBase {
  readonly layout: "list";
  readonly offsets: Int32Array;
  readonly elements: Column;
}

/** Children in the order of the type's fields, each of `length` rows. A NULL struct may have non-NULL children: read its own validity first. */
export interface StructColumn extends ColumnBase {
  readonly layout: "struct";
  readonly children: readonly Column[];
}

export type ColumnLayout = Column["layout"];
