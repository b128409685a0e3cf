import * as arrow from "apache-arrow";
import { unreachable } from "../common/unreachable.js";
import { typeToArrow } from "./arrow-types.js";
import { packBits } from "./bitmap.js";
import { allocateInt32 } from "./buffers.js";
import type { BytesColumn, Column, ListColumn } from "./column.js";
import { columnBuilder } from "./column-builder.js";
import { plainColumn } from "./decode-dictionary.js";
import { sliceColumn } from "./slice.js";

/** One column as an Arrow array. Fixed-width values and text are views of the column's memory; dictionaries are decoded. */
export function columnToArrow(column: Column): arrow.Data {
  return plainToArrow(plainColumn(column));
}

function plainToArrow(column: Column): arrow.Data {
  const { length, nullCount } = column;
  const head = { length, nullCount, nullBitmap: column.validity === null ? null : packBits(column.validity, length) };
  switch (column.layout) {
    case "null":
      return nullsToArrow(column);
    case "bool":
      return arrow.makeData({ ...head, type: new arrow.Bool(), data: packBits(column.values, length) });
    case "int32":
      return arrow.makeData({
        ...head,
        type: typeToArrow(column.type) as arrow.Int32,
        data: column.values.subarray(0, length),
      });
    case "int64":
      return arrow.makeData({
        ...head,
        type: typeToArrow(column.type) as arrow.Int64,
        data: column.values.subarray(0, length),
      });
    case "float64":
      return arrow.makeData({ ...head, type: new arrow.Float64(), data: column.values.subarray(0, length) });
    case "bytes":
      return arrow.makeData({ ...head, type: typeToArrow(column.type) as arrow.Utf8, ...textToArrow(column) });
    case "list":
      return arrow.makeData({ ...head, type: typeToArrow(column.type) as arrow.List, ...listToArrow(column) });
    case "struct":
      return arrow.makeData({
        ...head,
        type: typeToArrow(column.type) as arrow.Struct,
        children: column.children.map(plainToArrow),
      });
    case "dictionary":
      throw new Error("Broken invariant: dictionaries are decoded before");
    default:
      return unreachable(column);
  }
}

/** NULLs of a type that is stored: a real array of them. */
function nullsToArrow({ type, length }: Column): arrow.Data {
  if (type.kind === "null") return arrow.makeData({ type: new arrow.Null(), length });
  const builder = columnBuilder(type, length);
  for (let i = 0; i < length; i++) builder.appendNull();
  return plainToArrow(builder.finish());
}

/** Offsets from 0, and only the bytes they name. */
function textToArrow({ offsets, bytes, length }: BytesColumn): { valueOffsets: Int32Array; data: Uint8Array } {
  return { valueOffsets: fromZero(offsets, length), data: bytes.subarray(offsets[0], offsets[length]) };
}

function listToArrow({ offsets, elements, length }: ListColumn): { valueOffsets: Int32Array; child: arrow.Data } {
  return {
    valueOffsets: fromZero(offsets, length),
    child: plainToArrow(sliceColumn(elements, offsets[0], offsets[length])),
  };
}

function fromZero(offsets: Int32Array, length: number): Int32Array {
  const first = offsets[0];
  if (first === 0) return offsets.subarray(0, length + 1);
  const out = allocateInt32(length + 1);
  for (let i = 0; i <= length; i++) out[i] = offsets[i] - first;
  return out;
}
