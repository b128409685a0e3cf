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
  content: StateContent,
  values: Readonly<Record<string, string>> = {},
): StateRows {
  const { freed } = content;
  const liveCount = content.slots.length;
  const length = liveCount + freed.given.length;
  const slots = freed.given.length === 0 ? content.slots : joined(content.slots, freed.given);
  const removed = new Uint8Array(length).fill(1, liveCount);
  const own = content.columns.map((column, i) => padded(column, schema.fields[i + 2], freed.given.length));
  return {
    schema,
    length,
    columns: [
      { layout: "int32", type: schema.fields[0].type, length, nullCount: 0, validity: null, values: slots },
      { layout: "bool", type: schema.fields[1].type, length, nullCount: 0, validity: null, values: removed },
      ...own,
    ],
    values: { ...values, freeDepth: String(freed.depth), nextSlot: String(freed.next) },
  };
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function padded(column: Column, { type }: Field, nulls: number): Column {
  return nulls === 0 ? column : concatColumns([column, nullColumn(type, nulls)]);
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
