import type { DataType } from "../../types/data-type.js";
import type { Constant } from "./kernel.js";
import type { Lane } from "./lane.js";

/** A value of the current row in generated code. */
export interface FusedValue {
  readonly lane: Lane;
  /** A number that is 1 where there is a value and 0 where it is NULL; null = never NULL. */
  readonly valid: string | null;
  /** Code of the value: a boolean, a number, or a bigint for int64. May write code first. */
  readonly code: () => string;
  /**
   * int64 only: code of the value as a number that equals it exactly. Where that cannot be (2^53 and beyond) the loop gives
   * up, and the chunk is computed column at a time.
   */
  readonly exact: () => string;
  /** The form that needs no conversion. */
  readonly native: "code" | "exact";
}

/** An argument of a call in generated code. */
export interface FusedArgument {
  readonly type: DataType;
  readonly constant: Constant | null;
  /** Writes the code that computes it, at this place; at most once. */
  emit(): FusedValue;
}

export function plainValue(lane: Lane, code: string, valid: string | null): FusedValue {
  return { lane, valid, code: () => code, exact: () => code, native: "code" };
}
