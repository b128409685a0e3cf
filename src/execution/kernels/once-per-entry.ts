import { allocateBytes, allocateInt32 } from "../../columnar/buffers.js";
import type { Column, DictionaryColumn } from "../../columnar/column.js";
import { takeColumn } from "../../columnar/take.js";
import type { Rows, VectorCall, VectorKernel } from "./vector-kernel.js";

/**
 * A text function whose other arguments are constants runs once per dictionary entry that a selected row has, not once
 * per row; text results keep the indices. `kernel` must take plain and dictionary columns, and read constants from the
 * expression: the columns of constants are not of the dictionary's length.
 */
export function oncePerEntry(kernel: VectorKernel): VectorKernel {
  return (call) => {
    const index = onlyVariable(call);
    const column = index < 0 ? undefined : call.args[index];
    if (column?.layout !== "dictionary" || column.dictionary.length > call.rows.count) return kernel(call);
    return spread(kernel(entryCall(kernel, call, { index, column })), column);
  };
}

/** The one argument that is no constant, or -1. */
function onlyVariable(call: VectorCall): number {
  let found = -1;
  for (let i = 0; i < call.args.length; i++) {
    if (call.expression.args[i].kind === "literal") continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

function entryCall(
  kernel: VectorKernel,
  call: VectorCall,
  { index, column }: { index: number; column: DictionaryColumn },
): VectorCall {
  const args = call.args.map((argument, i) => (i === index ? column.dictionary : argument));
  const { length } = column.dictionary;
  // The first entry that fails need not belong to the first row that does: the plain run finds that row.
  const fail = (): never => {
    kernel(call);
    throw new Error("Broken invariant: a dictionary entry failed and none of its rows did");
  };
  return { ...call, args, length, rows: usedEntries(column, call.rows), fail };
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
