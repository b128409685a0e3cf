import { constantInteger } from "./constant-argument.js";
import type { KernelCall, KernelInput } from "./kernel.js";
import { columnAs } from "./lane-column.js";

/** An int32 argument: a constant, or (values !== null) a value per row. */
export interface Int32Argument {
  readonly constant: number;
  readonly values: Int32Array | null;
}

/** How to get argument `index` of a call; `missing` stands for one that the call leaves out. */
export function int32Argument(call: KernelCall, index: number, missing = 0): (input: KernelInput) => Int32Argument {
  const constant = index < call.types.length ? constantInteger(call.constants[index]) : missing;
  if (constant !== null) return () => ({ constant, values: null });
  return (input) => ({ constant: missing, values: columnAs(input.column(index), "int32").values });
}
