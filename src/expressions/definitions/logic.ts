import { defineFunctions } from "../define-function.js";
import { BOOL, fixedRule, type Parameter } from "../signature-rules.js";

const bool: Parameter = { kinds: ["bool"], cast: BOOL };
const two = fixedRule("two conditions", [bool, bool], BOOL);

export const logic = defineFunctions({
  and: { sqlNames: ["and"], rule: two, example: `col("a").gt(1).and(col("b").isNull())` },
  or: { sqlNames: ["or"], rule: two, example: `col("a").gt(1).or(col("b").isNull())` },
  not: { sqlNames: ["not", "!"], rule: fixedRule("a condition", [bool], BOOL), example: `col("done").not()` },
});
