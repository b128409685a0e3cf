import { concatColumns } from "../columnar/concat.js";
import { takeColumn } from "../columnar/take.js";
import { FormatError } from "../common/millrace-error.js";
import type { StateRows } from "./state-part.js";

const NONE = -1;

/**
 * What a state table holds after a snapshot and later deltas: the last row of every slot in use, by slot. The columns are
 * those of the table, `_slot` and `_removed` first.
 */
export function foldState(tables: readonly StateRows[]): Pick<StateRows, "schema" | "columns" | "length"> {
  const { schema } = tables[tables.length - 1];
  const columns = schema.fields.map((_, i) => concatColumns(tables.map((table) => table.columns[i])));
  const [slots, removed] = columns;
  if (slots?.layout !== "int32" || removed?.layout !== "bool") {
    throw new FormatError("STATE_MALFORMED", "A state table does not begin with its slots.");
  }
  const rows = lastRows(slots.values.subarray(0, slots.length), removed.values);
  return { schema, columns: columns.map((column) => takeColumn(column, rows, rows.length)), length: rows.length };
}

/** Rows are in the order in which they were written: a later one stands for its slot. */
function lastRows(slots: Int32Array, removed: Uint8Array): Int32Array {
  const rowOf = new Int32Array(slots.reduce((most, slot) => Math.max(most, slot + 1), 0)).fill(NONE);
  for (let row = 0; row < slots.length; row++) rowOf[slots[row]] = removed[row] === 1 ? NONE : row;
  return rowOf.filter((row) => row !== NONE);
}
