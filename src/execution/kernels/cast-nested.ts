import { allocateInt32 } from "../../columnar/buffers.js";
import type { Column, ListColumn, StructColumn } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { castColumns } from "./cast.js";
import type { CastCall } from "./cast-call.js";
import type { ColumnFunction, KernelInput, RowEvaluator } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { RowFailure } from "./row-failure.js";
import { type Rows, rowAt } from "./rows.js";
import { StrictEvaluator } from "./strict-evaluator.js";

/** Lists and structs, member by member; the shape stays. A tryCast makes NULL of the member that has no counterpart. */
export function castNested({ from, to, safe }: CastCall): ColumnFunction {
  if (from.kind === "list" && to.kind === "list") {
    const cast = memberCast({ from: from.element, to: to.element, safe });
    return (input) => castList(columnAs(input.column(0), "list"), { cast, input, type: to });
  }
  if (from.kind === "struct" && to.kind === "struct") {
    const casts = from.fields.map((field, i) => memberCast({ from: field.type, to: to.fields[i].type, safe }));
    return (input) => castStruct(columnAs(input.column(0), "struct"), { casts, input, type: to });
  }
  throw new Error(`Broken invariant: no cast from ${from.kind} to ${to.kind}`);
}

type MemberCast = (column: Column, rows: Rows, input: KernelInput) => Column;

function memberCast(call: CastCall): MemberCast {
  const run = castColumns(call);
  return (column, rows, { context }) => {
    const member: RowEvaluator = { evaluate: () => column };
    const evaluator = new StrictEvaluator({ args: [member], constants: [null], type: call.to, run });
    return evaluator.evaluate({ columns: [], length: column.length, context }, rows);
  };
}

interface ListTask {
  readonly cast: MemberCast;
  readonly input: KernelInput;
  readonly type: DataType;
}

function castList(column: ListColumn, { cast, input, type }: ListTask): Column {
  try {
    return { ...column, type, elements: cast(column.elements, elementsOf(column, input.rows), input) };
  } catch (error) {
    throw error instanceof RowFailure ? error.at(listOf(column, input.rows, error.row)) : error;
  }
}

/** The elements of the lists of these rows, which follow each other as the lists do. */
function elementsOf({ offsets }: ListColumn, rows: Rows): Rows {
  let count = 0;
  for (let j = 0; j < rows.count; j++) count += offsets[rowAt(rows, j) + 1] - offsets[rowAt(rows, j)];
  const sel = allocateInt32(count);
  let to = 0;
  for (let j = 0; j < rows.count; j++) {
    const row = rowAt(rows, j);
    for (let p = offsets[row]; p < offsets[row + 1]; p++) sel[to++] = p;
  }
  return { sel, count };
}

function listOf({ offsets }: ListColumn, rows: Rows, element: number): number {
  for (let j = 0; j < rows.count; j++) {
    const row = rowAt(rows, j);
    if (offsets[row] <= element && element < offsets[row + 1]) return row;
  }
  throw new Error("Broken invariant: a kernel failed for an element that it was not given");
}

function castStruct(
  column: StructColumn,
  {
    casts,
    input,
    type,
  }: { readonly casts: readonly MemberCast[]; readonly input: KernelInput; readonly type: DataType },
): Column {
  const children = column.children.map((child, i) => casts[i](child, input.rows, input));
  return { ...column, type, children };
}
