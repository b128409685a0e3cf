import type { DataType } from "../../types/data-type.js";
import { defineFunctions } from "../define-function.js";
import type { Argument } from "../function-definition.js";
import {
  anyNullable,
  castAll,
  FLOAT64,
  fixedRule,
  NUMBERS,
  type Parameter,
  type SignatureRule,
} from "../signature-rules.js";
import { commonType } from "../widen-types.js";

const number: Parameter = { kinds: NUMBERS, cast: null };
const float: Parameter = { kinds: NUMBERS, cast: FLOAT64 };

/** Both sides in the wider type, which is the result. NULL alone counts as float64. */
const widest: SignatureRule = (name, args) => {
  castAll({ name, takes: "two numbers", parameters: [number, number] }, args);
  const result = numberOr(commonType(args[0].type, args[1].type), FLOAT64);
  return { args: [result, result], result, nullable: anyNullable(args) };
};

const same: SignatureRule = (name, args) => {
  castAll({ name, takes: "one number", parameters: [number] }, args);
  const result = numberOr(args[0].type, FLOAT64);
  return { args: [result], result, nullable: anyNullable(args) };
};

function numberOr(type: DataType | null, otherwise: DataType): DataType {
  return type === null || type.kind === "null" ? otherwise : type;
}

/** The argument beside a constant, when the other one is a constant. */
function besideConstant(args: readonly Argument[]): number | null {
  if (args[1].literal !== null) return 0;
  return args[0].literal !== null ? 1 : null;
}

function isPositive({ literal }: Argument): boolean {
  return (
    literal !== null && (typeof literal.value === "number" || typeof literal.value === "bigint") && literal.value > 0
  );
}

export const arithmetic = defineFunctions({
  plus: { sqlNames: ["+"], rule: widest, canFail: true, monotoneIn: besideConstant, example: `col("amount").plus(1)` },
  minus: {
    sqlNames: ["-"],
    rule: widest,
    canFail: true,
    monotoneIn: (args) => (args[1].literal !== null ? 0 : null),
    example: `col("amount").minus(col("discount"))`,
  },
  times: {
    sqlNames: ["*"],
    rule: widest,
    canFail: true,
    monotoneIn: (args) => (isPositive(args[1]) ? 0 : isPositive(args[0]) ? 1 : null),
    example: `col("price").times(col("quantity"))`,
  },
  dividedBy: {
    sqlNames: ["/"],
    rule: fixedRule("two numbers", [float, float], FLOAT64),
    canFail: true,
    monotoneIn: (args) => (isPositive(args[1]) ? 0 : null),
    example: `col("total").dividedBy(col("count"))`,
  },
  mod: { sqlNames: ["%", "mod"], rule: widest, canFail: true, example: `col("id").mod(10)` },
  negate: { sqlNames: ["negative"], rule: same, canFail: true, example: `col("amount").negate()` },
});
