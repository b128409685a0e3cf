import * as arrow from "apache-arrow";
import type { Schema } from "../types/data-type.js";
import { schemaToArrow } from "./arrow-types.js";
import type { Chunk } from "./chunk.js";
import { columnToArrow } from "./column-to-arrow.js";
import { compactChunk } from "./compact.js";

/** The selected rows as a record batch: int64 as Int64, timestamps as TimestampMicrosecond, dates as DateDay, text as Utf8. */
export function toArrowBatch(chunk: Chunk): arrow.RecordBatch {
  return batchOf(chunk, schemaToArrow(chunk.schema));
}

/** The chunks as a table of one record batch each; chunks without rows are left out. */
export function toArrowTable(schema: Schema, chunks: readonly Chunk[]): arrow.Table {
  const arrowSchema = schemaToArrow(schema);
  const batches = chunks.map((chunk) => batchOf(chunk, arrowSchema)).filter((batch) => batch.numRows > 0);
  return batches.length === 0 ? new arrow.Table(arrowSchema) : new arrow.Table(arrowSchema, batches);
}

/** The chunks as bytes of the Arrow IPC stream format. */
export function toIpc(schema: Schema, chunks: readonly Chunk[]): Uint8Array {
  return arrow.tableToIPC(toArrowTable(schema, chunks), "stream");
}

function batchOf(chunk: Chunk, schema: arrow.Schema): arrow.RecordBatch {
  const { columns, length } = compactChunk(chunk);
  const children = columns.map(columnToArrow);
  return new arrow.RecordBatch(
    schema,
    arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children }),
  );
}
