import { allocateBytes, allocateInt32 } from "../../columnar/buffers.js";
import type { Column, DictionaryColumn } from "../../columnar/column.js";
import { takeColumn } from "../../columnar/take.js";
import type { TriggerContext } from "../operator.js";
import type { ColumnFunction } from "./kernel.js";
import { RowFailure } from "./row-failure.js";
import { type Rows, rowAt } from "./rows.js";

export interface EntryCall {
  readonly run: ColumnFunction;
  readonly context: TriggerContext;
  /** The argument of this many rows: the dictionary itself, or a constant. */
  readonly argument: (index: number, length: number) => Column;
}

/** Computes a function of one text once per entry of its dictionary. Text stays a dictionary with the same ids. */
export function evaluatePerEntry(column: DictionaryColumn, rows: Rows, call: EntryCall): Column {
  return spread(column, ofAllEntries(column, call) ?? ofUsedEntries(column, rows, call));
}

/** Null where an entry fails: perhaps no row that was asked for has it. */
function ofAllEntries({ dictionary: { length } }: DictionaryColumn, call: EntryCall): Column | null {
  try {
    return runOn(length, { sel: null, count: length }, call);
  } catch (error) {
    if (error instanceof RowFailure) return null;
    throw error;
  }
}

function ofUsedEntries(column: DictionaryColumn, rows: Rows, call: EntryCall): Column {
  try {
    return runOn(column.dictionary.length, usedEntries(column, rows), call);
  } catch (error) {
    throw error instanceof RowFailure ? error.at(firstRowOf(column, rows, error.row)) : error;
  }
}

function runOn(length: number, rows: Rows, { run, context, argument }: EntryCall): Column {
  return run({ rows, length, context, column: (index) => argument(index, length) });
}

function usedEntries({ indices, dictionary }: DictionaryColumn, rows: Rows): Rows {
  const used = allocateBytes(dictionary.length);
  for (let j = 0; j < rows.count; j++) used[indices[rowAt(rows, j)]] = 1;
  const sel = allocateInt32(dictionary.length);
  let count = 0;
  for (let entry = 0; entry < used.length; entry++) {
    sel[count] = entry;
    count += used[entry];
  }
  return count === used.length ? { sel: null, count } : { sel, count };
}

/** From entries to rows. */
function spread({ indices, length }: DictionaryColumn, result: Column): Column {
  if (result.layout === "bytes" && result.type.kind === "utf8" && result.nullCount === 0) {
    return {
      layout: "dictionary",
      type: result.type,
      length,
      nullCount: 0,
      validity: null,
      indices,
      dictionary: result,
    };
  }
  return takeColumn(result, indices, length);
}

function firstRowOf({ indices }: DictionaryColumn, rows: Rows, entry: number): number {
  for (let j = 0; j < rows.count; j++) if (indices[rowAt(rows, j)] === entry) return rowAt(rows, j);
  throw new Error("Broken invariant: a kernel failed for a row that it was not given");
}
