import type { Chunk } from "../columnar/chunk.js";
import type { BytesColumn, Column, DictionaryColumn, Int32Column } from "../columnar/column.js";
import type { Field, Schema } from "../types/data-type.js";
import type { SinkBatch, SinkShape } from "./sink.js";

/** Name of the column that tells upserts from deletes where a plan can delete (update mode). */
export const OP_COLUMN = "_op";
/** Name of the column that holds the weight of a row in changelog mode. */
export const WEIGHT_COLUMN = "_weight";

const OP_FIELD: Field = Object.freeze({
  name: OP_COLUMN,
  type: Object.freeze({ kind: "utf8" as const }),
  nullable: false,
});
const WEIGHT_FIELD: Field = Object.freeze({
  name: WEIGHT_COLUMN,
  type: Object.freeze({ kind: "int32" as const }),
  nullable: false,
});

/** "upsert", "delete": what index op[i] stands for. */
const OP_NAMES: BytesColumn = Object.freeze({
  layout: "bytes",
  type: OP_FIELD.type,
  length: 2,
  nullCount: 0,
  validity: null,
  offsets: Int32Array.of(0, 6, 12),
  bytes: Uint8Array.from("upsertdelete", (letter) => letter.charCodeAt(0)),
});

/**
 * The schema of rows as people see them: the visible columns, then `_op` where the plan can delete, or `_weight` in
 * changelog mode. It depends on the plan alone, never on the data. Non-key columns of a delete are NULL.
 */
export function shownSchema(shape: SinkShape): Schema {
  if (shape.mode === "changelog") return { fields: [...shape.schema.fields, WEIGHT_FIELD] };
  if (!shape.deletes) return shape.schema;
  const key = shape.key ?? [];
  const fields = shape.schema.fields.map((field, i) => (key.includes(i) ? field : { ...field, nullable: true }));
  return { fields: [...fields, OP_FIELD] };
}

/** The rows of a batch with the columns of `shownSchema(shape)`, `schema` being that schema. */
export function shownChunk(batch: SinkBatch, shape: SinkShape, schema: Schema): Chunk {
  const { chunk } = batch;
  if (schema === shape.schema) return chunk;
  const extra = shape.mode === "changelog" ? weightColumn(chunk) : opColumn(batch);
  return { ...chunk, schema, columns: [...chunk.columns, extra], weights: null };
}

function weightColumn(chunk: Chunk): Int32Column {
  const values = chunk.weights ?? new Int32Array(chunk.length).fill(1);
  return { layout: "int32", type: WEIGHT_FIELD.type, length: chunk.length, nullCount: 0, validity: null, values };
}

function opColumn({ chunk, op }: SinkBatch): Column {
  const indices = op === null ? new Int32Array(chunk.length) : Int32Array.from(op.subarray(0, chunk.length));
  const column: DictionaryColumn = {
    layout: "dictionary",
    type: OP_FIELD.type,
    length: chunk.length,
    nullCount: 0,
    validity: null,
    indices,
    dictionary: OP_NAMES,
  };
  return column;
}
