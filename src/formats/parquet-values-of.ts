import type { BytesColumn, Column } from "../columnar/column.js";
import { valueAt } from "../columnar/value-at.js";
import { unreachable } from "../common/unreachable.js";
import type { ParquetValues } from "./parquet-port.js";

/** The rows of a column as a parquet library takes them: typed arrays where no row is NULL, text as its bytes. Lists and structs become objects. */
export function parquetValuesOf(column: Column): ParquetValues {
  const { length } = column;
  switch (column.layout) {
    case "null":
      return new Array<null>(length).fill(null);
    case "bool":
      return listOf(column, (row) => column.values[row] === 1);
    case "int32":
    case "int64":
    case "float64":
      return column.validity === null ? column.values.subarray(0, length) : listOf(column, (row) => column.values[row]);
    case "bytes":
      return listOf(column, (row) => bytesAt(column, row));
    case "dictionary": {
      // One view per word: the library knows repeated views by identity.
      const words = Array.from({ length: column.dictionary.length }, (_, i) => bytesAt(column.dictionary, i));
      return listOf(column, (row) => words[column.indices[row]]);
    }
    case "list":
    case "struct":
      return listOf(column, (row) => valueAt(column, row));
    default:
      return unreachable(column);
  }
}

function listOf<T>({ length, validity }: Column, at: (row: number) => T): (T | null)[] {
  const values: (T | null)[] = new Array(length);
  for (let i = 0; i < length; i++) values[i] = validity === null || validity[i] === 1 ? at(i) : null;
  return values;
}

function bytesAt({ bytes, offsets }: BytesColumn, row: number): Uint8Array {
  return bytes.subarray(offsets[row], offsets[row + 1]);
}
