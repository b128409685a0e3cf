import type { FunctionName } from "./function-name.js";

/** Functions of two arguments that print between them. `Symbols` in type-names.ts says the same to the compiler. */
export const INFIX: ReadonlyMap<FunctionName, string> = new Map([
  ["plus", "+"],
  ["minus", "-"],
  ["times", "*"],
  ["dividedBy", "/"],
  ["mod", "%"],
  ["eq", "="],
  ["ne", "!="],
  ["lt", "<"],
  ["le", "<="],
  ["gt", ">"],
  ["ge", ">="],
  ["eqNullSafe", "<=>"],
  ["and", "AND"],
  ["or", "OR"],
]);

/** Functions of one argument that print after it. */
export const POSTFIX: ReadonlyMap<FunctionName, string> = new Map([
  ["isNull", "IS NULL"],
  ["isNotNull", "IS NOT NULL"],
]);
