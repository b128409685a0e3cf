import { allocateBytes, allocateInt32 } from "../../columnar/buffers.js";
import type { BytesColumn, Column, DictionaryColumn } from "../../columnar/column.js";
import { takeColumn } from "../../columnar/take.js";
import type { Fail, Rows, VectorCall, VectorKernel } from "./vector-kernel.js";

/** Work on the text of one column: on the rows themselves, or on the entries of its dictionary. */
export interface EntryWork {
  readonly column: Column;
  readonly rows: Rows;
  /** On every selected row of the column as it is. */
  readonly onRows: () => Column;
  /** On the entries that selected rows have; `fail` must be called where onRows would fail. */
  readonly onEntries: (entries: BytesColumn, rows: Rows, fail: Fail) => Column;
}

/** A dictionary column is worked on once per entry that a selected row has; text results keep the indices. */
export function evaluateOncePerEntry({ column, rows, onRows, onEntries }: EntryWork): Column {
  if (column.layout !== "dictionary" || column.dictionary.length > rows.count) return onRows();
  // The first entry that fails need not belong to the first row that does: the run over the rows finds that one.
  const fail = (): never => {
    onRows();
    throw new Error("Broken invariant: a dictionary entry failed and none of its rows did");
  };
  return spread(onEntries(column.dictionary, usedEntries(column, rows), fail), column);
}

/**
 * A text function whose other arguments are constants, run once per dictionary entry. `kernel` must take plain and
 * dictionary columns, and read constants from the expression: their columns are not of the dictionary's length.
 */
export function oncePerEntry(kernel: VectorKernel): VectorKernel {
  return (call) => {
    const index = onlyVariable(call);
    if (index < 0) return kernel(call);
    const onEntries = (entries: BytesColumn, rows: Rows, fail: Fail): Column => {
      const args = call.args.map((argument, i) => (i === index ? entries : argument));
      return kernel({ ...call, args, length: entries.length, rows, fail });
    };
    return evaluateOncePerEntry({ column: call.args[index], rows: call.rows, onRows: () => kernel(call), onEntries });
  };
}

/** The one argument that is no constant, or -1. */
function onlyVariable(call: VectorCall): number {
  const { args } = call.expression;
  const index = args.findIndex(({ kind }) => kind !== "literal");
  return args.some(({ kind }, i) => i !== index && kind !== "literal") ? -1 : index;
}

function usedEntries(column: DictionaryColumn, rows: Rows): Rows {
  const { indices, validity } = column;
  const used = allocateBytes(column.dictionary.length);
  let count = 0;
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    if (validity !== null && validity[row] === 0) continue;
    const entry = indices[row];
    count += used[entry] ^ 1;
    used[entry] = 1;
  }
  if (count === used.length) return { sel: null, count };
  const sel = allocateInt32(count);
  let k = 0;
  for (let entry = 0; entry < used.length; entry++) if (used[entry] === 1) sel[k++] = entry;
  return { sel, count };
}

function spread(result: Column, column: DictionaryColumn): Column {
  const { length, nullCount, validity, indices } = column;
  if (result.layout === "bytes" && result.type.kind === "utf8" && result.nullCount === 0)
    return { layout: "dictionary", type: result.type, length, nullCount, validity, indices, dictionary: result };
  return takeColumn(result, nullCount === 0 ? indices : maskedIndices(column), length);
}

function maskedIndices({ indices, validity, length }: DictionaryColumn): Int32Array {
  const masked = allocateInt32(length);
  masked.set(indices.subarray(0, length));
  if (validity !== null) for (let i = 0; i < length; i++) if (validity[i] === 0) masked[i] = -1;
  return masked;
}
