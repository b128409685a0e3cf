import type { DataType } from "../types/data-type.js";
import type { FunctionName } from "./function-name.js";

/** An argument as a type rule sees it; `literal` is there when it is a constant (formats, zones, schemas, positions). */
export interface Argument {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly literal: null | { readonly value: null | boolean | number | bigint | string | Uint8Array };
}

/** What a type rule decides: the types the arguments are cast to, and the result. */
export interface Signature {
  readonly args: readonly DataType[];
  readonly result: DataType;
  readonly nullable: boolean;
}

/** The one definition of a scalar function; its kernel has the same name in execution/kernels. */
export interface FunctionDefinition {
  readonly name: FunctionName;
  /** Spark's snake_case names, first the canonical one. */
  readonly sqlNames: readonly string[];
  /** Throws an AnalysisError (code FUNCTION_ARGUMENTS) that says what types are taken. */
  readonly signature: (args: readonly Argument[]) => Signature;
  /** False for now: data on an insert-only edge, refused above a retracting one. */
  readonly pure: boolean;
  /** True when evaluation can throw for some input (overflow, division by zero, invalid text). */
  readonly canFail: boolean;
  /** How a bound passes through, by argument index; null when it does not (incremental.md 5.3). */
  readonly monotoneIn: ((args: readonly Argument[]) => number | null) | null;
  /** One runnable line for the docs, e.g. `upper(col("name"))`. */
  readonly example: string;
}
