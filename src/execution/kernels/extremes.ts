import type { Column } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { fusedResult } from "./coalesce.js";
import { ColumnMerge } from "./column-merge.js";
import { compareColumns } from "./comparison.js";
import { testCode } from "./fuse-comparison.js";
import type { FusedArgument, FusedValue } from "./fused-value.js";
import type { FusedWriter } from "./fused-writer.js";
import {
  type Batch,
  type ColumnFunction,
  type Kernel,
  type KernelCall,
  lazyKernel,
  type RowEvaluator,
} from "./kernel.js";
import { type Lane, laneOf } from "./lane.js";
import { nullRows, type Rows, trueRows, validRows, withoutRows } from "./rows.js";
import type { OrderTest } from "./text-comparison.js";
import { withoutDictionary } from "./without-dictionary.js";

// Both skip NULLs, and of equal values (-0 and 0) the first one stands.
export const greatest = extreme({ less: false, equal: false, greater: true });
export const least = extreme({ less: true, equal: false, greater: false });

/** `better` says when a later value takes the place of an earlier one. */
function extreme(better: OrderTest): Kernel {
  return lazyKernel(
    (call, args) => {
      const compare = compareColumns(pairOf(call), better);
      return { evaluate: (batch, rows) => bestOf(args, { batch, rows, compare, type: call.type }) };
    },
    ({ type }) => {
      const lane = laneOf(type);
      return lane === null ? null : (writer, args) => fuseExtreme(writer, args, { lane, better });
    },
  );
}

function pairOf({ type }: KernelCall): KernelCall {
  return { types: [type, type], constants: [null, null], type: { kind: "bool" } };
}

interface Contest {
  readonly batch: Batch;
  readonly rows: Rows;
  readonly compare: ColumnFunction;
  readonly type: DataType;
}

function bestOf(args: readonly RowEvaluator[], contest: Contest): Column {
  const columns = args.map((arg) => withoutDictionary(arg.evaluate(contest.batch, contest.rows)));
  return columns.slice(1).reduce((best, next) => betterOf(best, next, contest), columns[0]);
}

function betterOf(best: Column, next: Column, { batch, rows, compare, type }: Contest): Column {
  const { length, context } = batch;
  const missing = nullRows(rows, best);
  const first = withoutRows(rows, missing);
  const both = next.layout === "null" ? withoutRows(first, first) : validRows(first, next.validity);
  const column = (index: number): Column => (index === 0 ? next : best);
  const replaced = both.count === 0 ? both : trueRows(both, compare({ rows: both, length, context, column }));
  const merge = new ColumnMerge(length);
  merge.add(best, withoutRows(first, replaced));
  merge.add(next, replaced);
  merge.add(next, missing);
  return merge.finish(type);
}

function fuseExtreme(
  writer: FusedWriter,
  args: readonly FusedArgument[],
  { lane, better }: { readonly lane: Lane; readonly better: OrderTest },
): FusedValue {
  const [first, ...others] = args.map((arg) => arg.emit());
  let valid: string | null = first.valid === null ? null : writer.variable(first.valid);
  const best = writer.variable(first.code());
  for (const other of others) {
    const value = other.code();
    const floats = lane === "float64";
    const wins = testCode({ a: value, b: best, isFloat: floats, isANumber: !floats, isBNumber: !floats }, better);
    const takes = valid === null ? `(${wins})` : `(${valid} === 0 || ${wins})`;
    writer.line(`if (${other.valid === null ? takes : `${other.valid} === 1 && ${takes}`}) ${best} = ${value};`);
    if (other.valid === null) valid = null;
    else if (valid !== null) writer.line(`${valid} |= ${other.valid};`);
  }
  return fusedResult(writer, { lane, code: best, valid });
}
