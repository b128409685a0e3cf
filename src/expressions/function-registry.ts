import { arithmetic } from "./definitions/arithmetic.js";
import { arrow } from "./definitions/arrow.js";
import { comparison } from "./definitions/comparison.js";
import { json } from "./definitions/json.js";
import { logic } from "./definitions/logic.js";
import { nested } from "./definitions/nested.js";
import { nulls } from "./definitions/nulls.js";
import { numbers } from "./definitions/numbers.js";
import { textual } from "./definitions/text.js";
import { temporal } from "./definitions/time.js";
import type { FunctionDefinition } from "./function-definition.js";
import type { FunctionName } from "./function-name.js";

const DEFINITIONS: Record<FunctionName, FunctionDefinition> = Object.freeze({
  ...arithmetic,
  ...comparison,
  ...logic,
  ...nulls,
  ...numbers,
  ...textual,
  ...temporal,
  ...nested,
  ...json,
  ...arrow,
});

const BY_SQL_NAME: ReadonlyMap<string, FunctionDefinition> = new Map(
  Object.values(DEFINITIONS).flatMap((definition) => definition.sqlNames.map((name) => [name, definition] as const)),
);

/** Every scalar function's definition. */
export const FUNCTION_DEFINITIONS: readonly FunctionDefinition[] = Object.freeze(Object.values(DEFINITIONS));

export function functionDefinition(name: FunctionName): FunctionDefinition {
  return DEFINITIONS[name];
}

/** By Spark's name, in any case; null when nobody has it. */
export function functionBySqlName(name: string): FunctionDefinition | null {
  return BY_SQL_NAME.get(name.toLowerCase()) ?? null;
}
