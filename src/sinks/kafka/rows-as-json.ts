import type { Chunk } from "../../columnar/chunk.js";
import { chunkOf } from "../../columnar/chunk-of.js";
import { rowsColumn } from "../../columnar/rows-column.js";
import { formatJsonColumn } from "../../formats/format-json-column.js";
import { required, schemaOf, utf8 } from "../../types/type-constructors.js";

/** What rows become that nobody has made records of: a value each. */
export const JSON_VALUE = schemaOf({ value: required(utf8()) });

/** Each row as a JSON object, as `toJson(struct("*"))` writes it. Of a chunk without a selection. */
export function rowsAsJson(chunk: Chunk): Chunk {
  const { length } = chunk;
  const { offsets, bytes } = formatJsonColumn(rowsColumn(chunk), { sel: null, count: length });
  const value = { layout: "bytes", type: utf8(), length, nullCount: 0, validity: null, offsets, bytes } as const;
  return chunkOf(JSON_VALUE, [value], length);
}
