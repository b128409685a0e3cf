import type { DataType, Field } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import {
  offsetsFromArrow,
  requireWithin,
  textFromArrow,
  validityFromArrow,
  viewBits,
  viewFloat64,
  viewInt32,
  viewInt64,
} from "./arrow-buffers.js";
import type { ArrowDataShape } from "./arrow-shape.js";
import type { Column } from "./column.js";
import { dictionaryFromArrow } from "./dictionary-from-arrow.js";
import { nullColumn } from "./null-column.js";
import { sliceColumn } from "./slice.js";
import { daysFromArrow, timesFromArrow } from "./time-from-arrow.js";

const DICTIONARY = -1;

/**
 * One Arrow array as a column of `type`, which typeFromArrow made of its Arrow type. Fixed-width values, text and offsets are views
 * of Arrow's memory; bits become bytes; units of time other than the engine's are converted.
 */
export function columnFromArrow(data: ArrowDataShape, type: DataType, path: string): Column {
  const { length } = data;
  const { validity, nullCount } = validityFromArrow(data);
  if (length > 0 && nullCount === length) return nullColumn(type, length);
  switch (type.kind) {
    case "bool":
      return { layout: "bool", type, length, nullCount, validity, values: viewBits(data) };
    case "int32":
      return { layout: "int32", type, length, nullCount, validity, values: viewInt32(data.values, length) };
    case "date":
      return { layout: "int32", type, length, nullCount, validity, values: daysFromArrow(data) };
    case "int64":
      return { layout: "int64", type, length, nullCount, validity, values: viewInt64(data.values, length) };
    case "timestamp":
      return timesFromArrow(data, { type, length, nullCount, validity }, path);
    case "float64":
      return { layout: "float64", type, length, nullCount, validity, values: viewFloat64(data.values, length) };
    case "utf8":
    case "binary": {
      if (data.type.typeId === DICTIONARY)
        return dictionaryFromArrow(data, { type, length, nullCount, validity }, path);
      const { offsets, bytes } = textFromArrow(data, validity, path);
      return { layout: "bytes", type, length, nullCount, validity, offsets, bytes };
    }
    case "list": {
      const { offsets, elements } = listFromArrow(data, type.element, { validity, path });
      return { layout: "list", type, length, nullCount, validity, offsets, elements };
    }
    case "struct": {
      const children = type.fields.map((member, i) => memberFromArrow(data, { member, i, path }));
      return { layout: "struct", type, length, nullCount, validity, children };
    }
    default:
      throw new Error(`Broken invariant: no Arrow type is read as ${formatType(type)}`);
  }
}

interface ListPlace {
  readonly validity: Uint8Array | null;
  readonly path: string;
}

function listFromArrow(
  data: ArrowDataShape,
  elementType: DataType,
  { validity, path }: ListPlace,
): { offsets: Int32Array; elements: Column } {
  const offsets = offsetsFromArrow(data, validity, path);
  const [child] = data.children;
  const elements =
    child === undefined ? nullColumn(elementType, 0) : columnFromArrow(child, elementType, `${path}.element`);
  requireWithin(offsets[data.length], elements.length, path);
  return { offsets, elements };
}

function memberFromArrow(data: ArrowDataShape, at: { member: Field; i: number; path: string }): Column {
  const path = `${at.path}.${at.member.name}`;
  const child = data.children[at.i];
  if (child === undefined) return nullColumn(at.member.type, data.length);
  const column = columnFromArrow(child, at.member.type, path);
  requireWithin(data.length, column.length, path);
  return sliceColumn(column, 0, data.length);
}
