import type { Column } from "../../columnar/column.js";
import { constantArgument } from "./constant-argument.js";
import type { VectorCall } from "./vector-kernel.js";

/** An int32 argument: a constant, or (values !== null) a value per row. */
export interface Int32Argument {
  readonly constant: number;
  readonly values: Int32Array | null;
}

/** `missing` stands for an argument that the call leaves out. NULLs must have been ruled out by the validity of the call. */
export function int32Argument(call: VectorCall, index: number, missing = 0): Int32Argument {
  if (index >= call.args.length) return { constant: missing, values: null };
  const constant = constantArgument(call.expression, index);
  if (typeof constant === "number") return { constant, values: null };
  return { constant: missing, values: int32Values(call.args[index]) };
}

function int32Values(column: Column): Int32Array {
  if (column.layout === "int32") return column.values;
  throw new Error(`Broken invariant: an int32 argument has the layout ${column.layout}`);
}
