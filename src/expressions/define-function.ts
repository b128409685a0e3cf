import type { Argument, FunctionDefinition } from "./function-definition.js";
import type { FunctionName } from "./function-name.js";
import type { SignatureRule } from "./signature-rules.js";

/** What a definition file writes; the name comes from the key it stands under. */
export interface FunctionSpec {
  readonly sqlNames: readonly string[];
  readonly rule: SignatureRule;
  readonly example: string;
  /** Default true. */
  readonly pure?: boolean;
  /** Default false. */
  readonly canFail?: boolean;
  /** Default null: bounds do not pass. */
  readonly monotoneIn?: (args: readonly Argument[]) => number | null;
}

/** Completes the definitions of one family. */
export function defineFunctions<N extends FunctionName>(
  specs: Readonly<Record<N, FunctionSpec>>,
): Record<N, FunctionDefinition> {
  const names = Object.keys(specs) as N[];
  return Object.fromEntries(names.map((name) => [name, define(name, specs[name])])) as Record<N, FunctionDefinition>;
}

function define(name: FunctionName, spec: FunctionSpec): FunctionDefinition {
  return Object.freeze({
    name,
    sqlNames: spec.sqlNames,
    signature: (args: readonly Argument[]) => spec.rule(name, args),
    pure: spec.pure ?? true,
    canFail: spec.canFail ?? false,
    monotoneIn: spec.monotoneIn ?? null,
    example: spec.example,
  });
}
