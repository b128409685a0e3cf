import { AnalysisError } from "../common/millrace-error.js";
import type { DataType } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";

/** What was called, what it takes in words, and the types it got. */
export interface RefusedCall {
  readonly name: string;
  readonly takes: string;
  readonly given: readonly { readonly type: DataType }[];
  readonly hint?: string;
}

/** Refuses a call whose arguments have the wrong number or types. */
export function refuseArguments(call: RefusedCall): never {
  const given = call.given.length === 0 ? "nothing" : `(${call.given.map(({ type }) => formatType(type)).join(", ")})`;
  throw new AnalysisError("FUNCTION_ARGUMENTS", `${call.name} takes ${call.takes}, but was given ${given}.`, {
    hint: call.hint,
  });
}
