import type { Column } from "../../columnar/column.js";
import type { LiteralValue } from "../../expressions/expression.js";
import type { DataType } from "../../types/data-type.js";
import type { TriggerContext } from "../operator.js";
import type { FusedArgument, FusedValue } from "./fused-value.js";
import type { FusedWriter } from "./fused-writer.js";
import type { Rows } from "./rows.js";

/** A call as its kernel sees it when a plan is lowered. */
export interface KernelCall {
  readonly types: readonly DataType[];
  /** By argument: its constant, or null where it varies by row. */
  readonly constants: readonly (Constant | null)[];
  readonly type: DataType;
}

export interface Constant {
  readonly value: LiteralValue;
}

/** The columns that an expression is evaluated over. */
export interface Batch {
  readonly columns: readonly Column[];
  /** Physical rows; every column has as many. */
  readonly length: number;
  readonly context: TriggerContext;
}

/**
 * Computes a column for some rows of a batch. The result has `batch.length` rows; those that were not asked for are
 * unspecified but in bounds, and must never make the evaluation fail.
 */
export interface RowEvaluator {
  evaluate(batch: Batch, rows: Rows): Column;
}

/** What a strict kernel computes from. */
export interface KernelInput {
  /** In none of them is an argument NULL. */
  readonly rows: Rows;
  readonly length: number;
  readonly context: TriggerContext;
  /** Argument `index`; never of layout "null" or "dictionary". Constants become columns only when asked for. */
  column(index: number): Column;
}

/** The result need not say which arguments were NULL: the caller adds that. */
export type ColumnFunction = (input: KernelInput) => Column;

export type ColumnKernel =
  /** NULL where any argument is. Kernels meet neither NULLs nor dictionaries. */
  | { readonly kind: "strict"; readonly compile: (call: KernelCall) => ColumnFunction }
  /** Has its own way with NULLs, or evaluates an argument for some rows only. */
  | {
      readonly kind: "lazy";
      readonly compile: (call: KernelCall, args: readonly RowEvaluator[]) => RowEvaluator;
    };

/** Writes code for one row of a loop; see FusedWriter. */
export type Fuse = (writer: FusedWriter, args: readonly FusedArgument[]) => FusedValue;

/** How a function is computed: column at a time, and as code within a generated loop. Both must agree on every row. */
export interface Kernel {
  readonly columns: ColumnKernel;
  /** Null where these types are not fused; a kernel that is never fused has no such member. */
  readonly fuse?: (call: KernelCall) => Fuse | null;
}

export function strictKernel(compile: (call: KernelCall) => ColumnFunction, fuse?: Kernel["fuse"]): Kernel {
  return { columns: { kind: "strict", compile }, ...(fuse === undefined ? {} : { fuse }) };
}

export function lazyKernel(
  compile: (call: KernelCall, args: readonly RowEvaluator[]) => RowEvaluator,
  fuse?: Kernel["fuse"],
): Kernel {
  return { columns: { kind: "lazy", compile }, ...(fuse === undefined ? {} : { fuse }) };
}
