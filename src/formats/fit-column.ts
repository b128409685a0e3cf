import { allocateFloat64, allocateInt64 } from "../columnar/buffers.js";
import type { Column } from "../columnar/column.js";
import { FormatError } from "../common/millrace-error.js";
import type { DataType, Field } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";

/**
 * A column of a file as the column that the schema asks for: the same type, a wider number, or a timestamp under another zone name
 * (the values are instants either way). Anything else is refused, naming file and column.
 */
export function fitColumn(column: Column, field: Field, file: string): Column {
  const { type } = field;
  if (column.layout === "null") return { ...column, type };
  if (sameValues(column.type, type)) return { ...column, type };
  if (column.layout === "int32" && column.type.kind === "int32") {
    if (type.kind === "int64") return widenToInt64(column.values, column, type);
    if (type.kind === "float64") return widenToFloat64(column.values, column, type);
  }
  const types = `${formatType(column.type)} in ${file}, but the schema says ${formatType(type)}`;
  throw new FormatError("SCHEMA_MISMATCH", `Column '${field.name}' is ${types}.`, {
    hint: "Read it with the type of the file and cast it.",
  });
}

/** Same kinds at every depth; names and nullability of fields do not change how values are stored. */
function sameValues(a: DataType, b: DataType): boolean {
  if (a.kind === "timestamp" && b.kind === "timestamp") return (a.zone === null) === (b.zone === null);
  if (a.kind === "list" && b.kind === "list") return sameValues(a.element, b.element);
  if (a.kind === "struct" && b.kind === "struct") {
    return (
      a.fields.length === b.fields.length &&
      a.fields.every((field, i) => {
        const other = b.fields[i];
        return other !== undefined && other.name === field.name && sameValues(field.type, other.type);
      })
    );
  }
  return a.kind === b.kind;
}

function widenToInt64(values: Int32Array, column: Column, type: DataType): Column {
  const wide = allocateInt64(column.length);
  const halves = new Int32Array(wide.buffer, wide.byteOffset, 2 * column.length);
  for (let i = 0; i < column.length; i++) {
    const value = values[i];
    halves[2 * i] = value;
    halves[2 * i + 1] = value >> 31;
  }
  return { ...rowsOf(column), layout: "int64", type, values: wide };
}

function widenToFloat64(values: Int32Array, column: Column, type: DataType): Column {
  const wide = allocateFloat64(column.length);
  for (let i = 0; i < column.length; i++) wide[i] = values[i];
  return { ...rowsOf(column), layout: "float64", type, values: wide };
}

function rowsOf({ length, nullCount, validity }: Column): Pick<Column, "length" | "nullCount" | "validity"> {
  return { length, nullCount, validity };
}
