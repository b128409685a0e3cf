import { defineFunctions } from "../define-function.js";
import { refuseArguments } from "../refuse-arguments.js";
import { anyNullable, BOOL, comparisonType, type SignatureRule } from "../signature-rules.js";

const compare: SignatureRule = (name, args) => {
  if (args.length !== 2) refuseArguments({ name, takes: "two values of one type", given: args });
  const type = comparisonType(name, args);
  return { args: [type, type], result: BOOL, nullable: anyNullable(args) };
};

const compareNullSafe: SignatureRule = (name, args) => ({ ...compare(name, args), nullable: false });

export const comparison = defineFunctions({
  eq: { sqlNames: ["=", "=="], rule: compare, example: `col("status").eq("open")` },
  ne: { sqlNames: ["<>", "!="], rule: compare, example: `col("status").ne("open")` },
  lt: { sqlNames: ["<"], rule: compare, example: `col("amount").lt(10)` },
  le: { sqlNames: ["<="], rule: compare, example: `col("amount").le(10)` },
  gt: { sqlNames: [">"], rule: compare, example: `col("amount").gt(10)` },
  ge: { sqlNames: [">="], rule: compare, example: `col("amount").ge(10)` },
  eqNullSafe: { sqlNames: ["<=>"], rule: compareNullSafe, example: `col("a").eqNullSafe(col("b"))` },
});
