import type { Column } from "../columnar/column.js";
import { concatColumns } from "../columnar/concat.js";
import { nullColumn } from "../columnar/null-column.js";
import { sliceColumn } from "../columnar/slice.js";
import { FormatError } from "../common/millrace-error.js";
import type { Field, Schema } from "../types/data-type.js";
import type { FreedSlots } from "./free-slots.js";
import { REMOVED_COLUMN, SLOT_COLUMN, type StateRows } from "./state-part.js";

/** A state table's schema: the slot columns, then its own. Own columns are nullable, because removed rows have none. */
export function stateSchema(own: readonly Field[]): Schema {
  const slots: Field[] = [
    { name: SLOT_COLUMN, type: { kind: "int32" }, nullable: false },
    { name: REMOVED_COLUMN, type: { kind: "bool" }, nullable: false },
  ];
  return { fields: [...slots, ...own.map((field) => ({ ...field, nullable: true }))] };
}

/** The rows of a capture: slots in use with their columns, then those that were given back. */
export function stateRowsOf(
  schema: Schema,
  { slots, columns, freed }: StateContent,
  values: Readonly<Record<string, string>> = {},
): StateRows {
  const live = { columns: [...slotColumns(schema, slots, 0), ...columns], length: slots.length };
  const facts = { ...values, freeDepth: String(freed.depth), nextSlot: String(freed.next) };
  const { length } = freed.given;
  if (length === 0) return { schema, ...live, values: facts };
  const nulls = schema.fields.slice(2).map(({ type }) => nullColumn(type, length));
  const removed = { columns: [...slotColumns(schema, freed.given, 1), ...nulls], length };
  return {
    schema,
    length: live.length + length,
    parts: live.length === 0 ? [removed] : [live, removed],
    get columns() {
      return live.columns.map((column, i) => concatColumns([column, removed.columns[i]]));
    },
    values: facts,
  };
}

function slotColumns({ fields }: Schema, slots: Int32Array, removed: 0 | 1): readonly Column[] {
  const rows = { length: slots.length, nullCount: 0, validity: null };
  return [
    { layout: "int32", type: fields[0].type, ...rows, values: slots },
    { layout: "bool", type: fields[1].type, ...rows, values: new Uint8Array(slots.length).fill(removed) },
  ];
}

/** What a capture says: the slots in use with their columns, and the free list. */
export interface StateContent {
  readonly slots: Int32Array;
  readonly columns: readonly Column[];
  readonly freed: FreedSlots;
}

/** Takes apart what stateRowsOf put together. */
export function readStateRows({ columns, length, values }: StateRows): StateContent {
  const [slotColumn, removedColumn, ...own] = columns;
  if (slotColumn?.layout !== "int32" || removedColumn?.layout !== "bool") {
    throw new FormatError("STATE_MALFORMED", "A state table does not begin with its slots.");
  }
  let live = 0;
  while (live < length && removedColumn.values[live] === 0) live++;
  return {
    slots: slotColumn.values.slice(0, live),
    columns: live === length ? own : own.map((column) => sliceColumn(column, 0, live)),
    freed: {
      depth: Number(values["freeDepth"]),
      given: slotColumn.values.slice(live, length),
      next: Number(values["nextSlot"]),
    },
  };
}
