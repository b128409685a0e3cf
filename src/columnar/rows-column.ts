import type { Chunk } from "./chunk.js";
import type { StructColumn } from "./column.js";

/** Each row of a chunk without a selection as one value. */
export function rowsColumn({ schema, columns, length }: Chunk): StructColumn {
  const type = { kind: "struct", fields: schema.fields } as const;
  return { layout: "struct", type, length, nullCount: 0, validity: null, children: columns };
}
