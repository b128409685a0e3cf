import * as arrow from "apache-arrow";
import { unreachable } from "../common/unreachable.js";
import { typeToArrow } from "./arrow-types.js";
import { packBits } from "./bitmap.js";
import { allocateBytes } from "./buffers.js";
import type { BytesColumn, Column, ListColumn } from "./column.js";
import { columnBuilder } from "./column-builder.js";
import { plainColumn } from "./decode-dictionary.js";
import { offsetsFromZero } from "./offsets-from-zero.js";
import { sliceColumn } from "./slice.js";

/**
 * One column as an Arrow array of `type`, which typeToArrow made of the column's. Fixed-width values and text are views of
 * the column's memory; dictionaries are decoded.
 */
export function columnToArrow(column: Column, type = typeToArrow(column.type)): arrow.Data {
  return plainToArrow(plainColumn(column), type);
}

interface Parts {
  readonly offsets?: Int32Array;
  readonly values?: ArrayBufferView;
  readonly children?: arrow.Data[];
}

const NO_BITMAP = allocateBytes(0);

/** What makeData makes, without its detour: the arrays are already of the classes that Arrow wants. */
function dataOf({ length, nullCount, validity }: Column, type: arrow.DataType, parts: Parts): arrow.Data {
  const nullBitmap = validity === null ? NO_BITMAP : packBits(validity, length);
  const buffers = { 0: parts.offsets, 1: parts.values, 2: nullBitmap } as Partial<arrow.Data["buffers"]>;
  return new arrow.Data(type, 0, length, nullCount, buffers, parts.children);
}

function plainToArrow(column: Column, type: arrow.DataType): arrow.Data {
  const { length } = column;
  switch (column.layout) {
    case "null":
      return nullsToArrow(column, type);
    case "bool":
      return dataOf(column, type, { values: packBits(column.values, length) });
    case "int32":
    case "int64":
    case "float64":
      return dataOf(column, type, { values: column.values.subarray(0, length) });
    case "bytes":
      return dataOf(column, type, textToArrow(column));
    case "list":
      return dataOf(column, type, listToArrow(column, childType(type, 0)));
    case "struct":
      return dataOf(column, type, {
        children: column.children.map((child, i) => plainToArrow(child, childType(type, i))),
      });
    case "dictionary":
      throw new Error("Broken invariant: dictionaries are decoded before");
    default:
      return unreachable(column);
  }
}

function childType(type: arrow.DataType, i: number): arrow.DataType {
  const child = (type.children as readonly arrow.Field[] | null)?.[i];
  if (child === undefined) throw new Error(`Broken invariant: ${String(type)} was not made of its column's type`);
  return child.type;
}

/** NULLs of a type that is stored: a real array of them. */
function nullsToArrow(column: Column, type: arrow.DataType): arrow.Data {
  if (column.type.kind === "null") return arrow.makeData({ type: new arrow.Null(), length: column.length });
  const builder = columnBuilder(column.type, column.length);
  for (let i = 0; i < column.length; i++) builder.appendNull();
  return plainToArrow(builder.finish(), type);
}

/** Offsets from 0, and only the bytes they name. */
function textToArrow({ offsets, bytes, length }: BytesColumn): Parts {
  return { offsets: offsetsFromZero(offsets, length), values: bytes.subarray(offsets[0], offsets[length]) };
}

function listToArrow({ offsets, elements, length }: ListColumn, elementType: arrow.DataType): Parts {
  const named = sliceColumn(elements, offsets[0], offsets[length]);
  return { offsets: offsetsFromZero(offsets, length), children: [plainToArrow(named, elementType)] };
}
