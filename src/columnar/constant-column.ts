import type { DataType } from "../types/data-type.js";
import { allocateInt32 } from "./buffers.js";
import type { Column } from "./column.js";
import { columnBuilder } from "./column-builder.js";
import { nullColumn } from "./null-column.js";
import { takeColumn } from "./take.js";

/** `length` times one value, as `ColumnBuilder.append` takes it; text as a dictionary of one. */
export function constantColumn(type: DataType, value: unknown, length: number): Column {
  if (value === null || value === undefined) return nullColumn(type, length);
  const builder = columnBuilder(type, 1);
  builder.append(value);
  const one = builder.finish();
  const zeros = allocateInt32(length);
  if (one.layout !== "bytes" || type.kind !== "utf8") return takeColumn(one, zeros, length);
  return { layout: "dictionary", type, length, nullCount: 0, validity: null, indices: zeros, dictionary: one };
}
