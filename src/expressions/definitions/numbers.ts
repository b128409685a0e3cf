import type { DataType } from "../../types/data-type.js";
import { defineFunctions } from "../define-function.js";
import {
  anyNullable,
  castAll,
  FLOAT64,
  INT64,
  intConstant,
  NUMBERS,
  optional,
  type Parameter,
  type SignatureRule,
} from "../signature-rules.js";

const number: Parameter = { kinds: NUMBERS, cast: null };

const same: SignatureRule = (name, args) => {
  const [type] = castAll({ name, takes: "one number", parameters: [number] }, args);
  const result = orFloat(type);
  return { args: [result], result, nullable: anyNullable(args) };
};

/** Integers stay what they are; float64 gives int64, as in Spark. */
const whole: SignatureRule = (name, args) => {
  const [type] = castAll({ name, takes: "one number", parameters: [number] }, args);
  const argument = orFloat(type);
  return { args: [argument], result: argument.kind === "float64" ? INT64 : argument, nullable: anyNullable(args) };
};

/** round(value, places = 0): half away from zero. */
const rounded: SignatureRule = (name, args) => {
  const types = castAll(
    {
      name,
      takes: "a number and, if you like, a constant number of places",
      parameters: [number, optional(intConstant)],
    },
    args,
  );
  const result = orFloat(types[0]);
  return { args: [result, ...types.slice(1)], result, nullable: anyNullable(args) };
};

function orFloat(type: DataType): DataType {
  return type.kind === "null" ? FLOAT64 : type;
}

const first = (): number => 0;

export const numbers = defineFunctions({
  abs: { sqlNames: ["abs"], rule: same, canFail: true, example: `abs("delta")` },
  floor: { sqlNames: ["floor"], rule: whole, canFail: true, monotoneIn: first, example: `floor("amount")` },
  ceil: { sqlNames: ["ceil", "ceiling"], rule: whole, canFail: true, monotoneIn: first, example: `ceil("amount")` },
  round: { sqlNames: ["round"], rule: rounded, canFail: true, monotoneIn: first, example: `round("amount", 2)` },
});
