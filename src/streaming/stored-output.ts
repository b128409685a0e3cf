import type { Chunk } from "../columnar/chunk.js";
import type { Column } from "../columnar/column.js";
import type { PieceBuffers } from "../columnar/gather-pieces.js";
import { assert } from "../common/assert.js";
import type { OutputBatch } from "../execution/output/output-batch.js";
import { decodeStateFile, encodeStateFile, type StateTable } from "../formats/state-file.js";
import type { Field } from "../types/data-type.js";

/** Which of the two side columns stand behind the rows' own, as `values` of the stored table. */
const SIDES = "sides";
const OP: Field = { name: "_op", type: { kind: "bool" }, nullable: false };
const WEIGHT: Field = { name: "_weight", type: { kind: "int32" }, nullable: false };

/**
 * What a trigger sends to one sink, as pieces of a file: plain Arrow, with delete marks and weights as columns behind the
 * rows' own.
 */
export function encodeOutput(
  batches: readonly OutputBatch[],
  buffers: PieceBuffers | null = null,
): Iterable<Uint8Array> {
  return encodeStateFile(batches.map(tableOf), buffers);
}

/** What encodeOutput was given. */
export function decodeOutput(bytes: Uint8Array): readonly OutputBatch[] {
  return decodeStateFile(bytes).map(batchOf);
}

function tableOf({ chunk, op }: OutputBatch, index: number): StateTable {
  const { length, weights, schema } = chunk;
  assert(chunk.sel === null, "rows for a sink are compact");
  const sides: { readonly field: Field; readonly column: Column }[] = [];
  const base = { length, nullCount: 0, validity: null };
  if (op !== null) sides.push({ field: OP, column: { ...base, layout: "bool", type: OP.type, values: op } });
  if (weights !== null) {
    sides.push({ field: WEIGHT, column: { ...base, layout: "int32", type: WEIGHT.type, values: weights } });
  }
  return {
    operator: "output",
    title: "output",
    table: String(index),
    kind: "snapshot",
    batch: 0,
    rows: {
      schema: { fields: [...schema.fields, ...sides.map(({ field }) => field)] },
      columns: [...chunk.columns, ...sides.map(({ column }) => column)],
      length,
      values: { [SIDES]: sides.map(({ field }) => field.name).join(",") },
    },
  };
}

function batchOf({ rows }: StateTable): OutputBatch {
  const names = (rows.values[SIDES] ?? "").split(",").filter((name) => name !== "");
  const own = rows.columns.length - names.length;
  const side = (name: string): Column | null => (names.includes(name) ? rows.columns[own + names.indexOf(name)] : null);
  const op = side(OP.name);
  const weight = side(WEIGHT.name);
  const chunk: Chunk = {
    schema: { fields: rows.schema.fields.slice(0, own) },
    columns: rows.columns.slice(0, own),
    length: rows.length,
    sel: null,
    weights: weight?.layout === "int32" ? weight.values : null,
    partition: null,
    rowBounds: null,
  };
  return { chunk, op: op?.layout === "bool" ? op.values : null };
}
