import { AnalysisError } from "../../common/millrace-error.js";
import { CARRIED_KINDS, type Field } from "../../types/data-type.js";
import { defineFunctions } from "../define-function.js";
import type { Argument } from "../function-definition.js";
import { refuseArguments } from "../refuse-arguments.js";
import { anyNullable, castAll, fixedRule, INT32, type Parameter, type SignatureRule } from "../signature-rules.js";

const list: Parameter = { kinds: ["list"], cast: null };
const position: Parameter = { kinds: ["int32"], cast: INT32 };

/** Positions from 1, negative from the end; a position outside the list fails. */
const elementAtRule: SignatureRule = (name, args) => {
  const takes = "a list and a position";
  const types = castAll({ name, takes, parameters: [list, position] }, args);
  const [type] = types;
  if (type.kind !== "list") return refuseArguments({ name, takes, given: args });
  return { args: types, result: type.element, nullable: anyNullable(args) || type.containsNull };
};

/** struct(name, value, name, value, …): names are text constants. Never NULL itself. */
const structRule: SignatureRule = (name, args) => {
  if (args.length === 0 || args.length % 2 !== 0)
    refuseArguments({ name, takes: "a constant name before each value", given: args });
  const fields: Field[] = [];
  for (let i = 0; i < args.length; i += 2) fields.push(member(args[i], args[i + 1]));
  const names = fields.map((field) => field.name);
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice !== undefined) {
    throw new AnalysisError("COLUMN_NAME_TWICE", `struct has two members called "${twice}".`, {
      hint: "Name one of them with .as(name).",
    });
  }
  return { args: args.map(({ type }) => type), result: { kind: "struct", fields }, nullable: false };
};

function member(name: Argument, value: Argument): Field {
  if (typeof name.literal?.value !== "string")
    return refuseArguments({ name: "struct", takes: "a constant name before each value", given: [name, value] });
  if (!CARRIED_KINDS.includes(value.type.kind)) {
    throw new AnalysisError(
      "FUNCTION_ARGUMENTS",
      `struct cannot tell the type of its member "${name.literal.value}".`,
      { hint: "Cast it with .cast(type)." },
    );
  }
  return { name: name.literal.value, type: value.type, nullable: value.nullable };
}

export const nested = defineFunctions({
  // NULL has no size: NULL, as Spark's ANSI mode says.
  size: {
    sqlNames: ["size", "cardinality", "array_size"],
    rule: fixedRule("a list", [list], INT32),
    example: `size("tags")`,
  },
  elementAt: { sqlNames: ["element_at"], rule: elementAtRule, canFail: true, example: `elementAt("tags", 1)` },
  struct: { sqlNames: ["named_struct"], rule: structRule, example: `struct("user", "amount")` },
});
