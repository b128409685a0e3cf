import * as arrow from "apache-arrow";
import type { Schema } from "../types/data-type.js";
import { schemaToArrow } from "./arrow-types.js";
import { allocateBytes } from "./buffers.js";
import type { Chunk } from "./chunk.js";
import { columnToArrow } from "./column-to-arrow.js";
import { compactChunk } from "./compact.js";
import { ipcBytes } from "./ipc-bytes.js";

/** The selected rows as a record batch: int64 as Int64, timestamps as TimestampMicrosecond, dates as DateDay, text as Utf8. */
export function toArrowBatch(chunk: Chunk): arrow.RecordBatch {
  return batchOf(chunk, emptyBatch(chunk.schema));
}

/** The chunks as a table of one record batch each; chunks without rows are left out. */
export function toArrowTable(schema: Schema, chunks: readonly Chunk[]): arrow.Table {
  const empty = emptyBatch(schema);
  const batches = chunks.map((chunk) => batchOf(chunk, empty)).filter((batch) => batch.numRows > 0);
  return batches.length === 0 ? new arrow.Table(empty.schema) : new arrow.Table(empty.schema, batches);
}

/** The chunks as bytes of the Arrow IPC stream format. */
export function toIpc(schema: Schema, chunks: readonly Chunk[]): Uint8Array {
  const batches = chunks.map(compactChunk).filter(({ length }) => length > 0);
  return ipcBytes([{ schema: emptyBatch(schema).schema, batches }]);
}

const NO_NULLS = { [arrow.BufferType.VALIDITY]: allocateBytes(0) };
const emptyBatches = new WeakMap<Schema, arrow.RecordBatch>();

/** Chunks of one plan share a schema object: its Arrow form is made once. */
function emptyBatch(schema: Schema): arrow.RecordBatch {
  const known = emptyBatches.get(schema);
  if (known !== undefined) return known;
  const made = new arrow.RecordBatch(schemaToArrow(schema), undefined);
  emptyBatches.set(schema, made);
  return made;
}

/** A copy of the empty batch with other data: Arrow's constructor would make schema, fields and struct anew for each batch. */
function batchOf(chunk: Chunk, empty: arrow.RecordBatch): arrow.RecordBatch {
  const { columns, length } = compactChunk(chunk);
  const { fields } = empty.schema;
  const children = columns.map((column, i) => columnToArrow(column, fields[i].type));
  const data = new arrow.Data(empty.data.type, 0, length, 0, NO_NULLS, children);
  return Object.assign(Object.create(arrow.RecordBatch.prototype), empty, { data, _metadata: new Map() });
}
