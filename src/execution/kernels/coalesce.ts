import type { DataType } from "../../types/data-type.js";
import { ColumnMerge } from "./column-merge.js";
import { type FusedArgument, type FusedValue, plainValue } from "./fused-value.js";
import type { FusedWriter } from "./fused-writer.js";
import { type Batch, lazyKernel, type RowEvaluator } from "./kernel.js";
import { type Lane, laneOf } from "./lane.js";
import { nullRows, type Rows, withoutRows } from "./rows.js";

/** The first value that is not NULL. An argument is evaluated only for rows where all before it are NULL. */
export const coalesce = lazyKernel(
  ({ type }, args) => ({ evaluate: (batch, rows) => firstValues(args, { batch, rows, type }) }),
  ({ type }) => {
    const lane = laneOf(type);
    return lane === null ? null : (writer, args) => fuseCoalesce(writer, args, lane);
  },
);

function firstValues(
  args: readonly RowEvaluator[],
  { batch, rows, type }: { readonly batch: Batch; readonly rows: Rows; readonly type: DataType },
) {
  const merge = new ColumnMerge(batch.length);
  let open = rows;
  for (const arg of args) {
    if (open.count === 0) break;
    const column = arg.evaluate(batch, open);
    const missing = nullRows(open, column);
    merge.add(column, withoutRows(open, missing));
    open = missing;
  }
  merge.addNulls(open);
  return merge.finish(type);
}

function fuseCoalesce(writer: FusedWriter, args: readonly FusedArgument[], lane: Lane): FusedValue {
  const result = writer.variable(writer.zeroOf(lane));
  const valid = writer.variable("1");
  let isNeverNull = false;
  let depth = 0;
  for (const arg of args) {
    const value = arg.emit();
    if (value.valid === null) {
      writer.line(`${result} = ${value.code()};`);
      isNeverNull = true;
      break;
    }
    writer.line(`if (${value.valid} === 1) {`);
    writer.line(`${result} = ${value.code()};`);
    writer.line("} else {");
    depth++;
  }
  if (!isNeverNull) writer.line(`${valid} = 0;`);
  writer.line("}".repeat(depth));
  return fusedResult(writer, { lane, code: result, valid: isNeverNull ? null : valid });
}

/** A variable that holds the result of a branch; int64 as a bigint. */
export function fusedResult(
  writer: FusedWriter,
  { lane, code, valid }: { readonly lane: Lane; readonly code: string; readonly valid: string | null },
): FusedValue {
  return lane === "int64" ? writer.bigValue(code, valid) : plainValue(lane, code, valid);
}
