import type { Chunk } from "../columnar/chunk.js";
import type { Column } from "../columnar/column.js";

/** Bytes the rows of a chunk hold, for read limits: exact for fixed widths, offsets and text; dictionaries counted once. */
export function chunkBytes(chunk: Chunk): number {
  let total = 0;
  for (const column of chunk.columns) total += columnBytes(column);
  return total;
}

function columnBytes(column: Column): number {
  const validity = column.validity === null ? 0 : column.length;
  return validity + valueBytes(column);
}

function valueBytes(column: Column): number {
  switch (column.layout) {
    case "null":
      return 0;
    case "bool":
      return column.length;
    case "int32":
      return column.length * 4;
    case "int64":
    case "float64":
      return column.length * 8;
    case "bytes":
      return column.length * 4 + column.offsets[column.length] - column.offsets[0];
    case "dictionary":
      return column.length * 4;
    case "list":
      return column.length * 4 + columnBytes(column.elements);
    case "struct":
      return column.children.reduce((sum, child) => sum + columnBytes(child), 0);
  }
}
