import { defineFunctions } from "../define-function.js";
import { refuseArguments } from "../refuse-arguments.js";
import {
  allNullable,
  anyNullable,
  BOOL,
  castAll,
  comparisonType,
  FLOAT64,
  NUMBERS,
  type SignatureRule,
} from "../signature-rules.js";

const test: SignatureRule = (name, args) => {
  if (args.length !== 1) refuseArguments({ name, takes: "one value", given: args });
  return { args: [args[0].type], result: BOOL, nullable: false };
};

/** Spark: NaN tests never give NULL. */
const isNaNRule: SignatureRule = (name, args) => {
  const types = castAll({ name, takes: "one number", parameters: [{ kinds: NUMBERS, cast: FLOAT64 }] }, args);
  return { args: types, result: BOOL, nullable: false };
};

/** All in one type, NULL only where every argument is. */
const firstOf: SignatureRule = (name, args) => {
  if (args.length === 0) refuseArguments({ name, takes: "one value or more, of one type", given: args });
  const type = comparisonType(name, args);
  return { args: args.map(() => type), result: type, nullable: allNullable(args) };
};

const isinRule: SignatureRule = (name, args) => {
  if (args.length === 0) refuseArguments({ name, takes: "a value and the values to look for", given: args });
  const type = comparisonType(name, args);
  return { args: args.map(() => type), result: BOOL, nullable: anyNullable(args) };
};

export const nulls = defineFunctions({
  isNull: { sqlNames: ["isnull"], rule: test, example: `col("user").isNull()` },
  isNotNull: { sqlNames: ["isnotnull"], rule: test, example: `col("user").isNotNull()` },
  isNaN: { sqlNames: ["isnan"], rule: isNaNRule, example: `col("amount").isNaN()` },
  coalesce: { sqlNames: ["coalesce"], rule: firstOf, example: `coalesce(col("nick"), col("name"))` },
  isin: { sqlNames: ["in"], rule: isinRule, example: `col("status").isin("open", "held")` },
  greatest: { sqlNames: ["greatest"], rule: firstOf, example: `greatest("a", "b")` },
  least: { sqlNames: ["least"], rule: firstOf, example: `least("a", "b")` },
});
