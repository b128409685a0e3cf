import { CARRIED_KINDS } from "../../types/data-type.js";
import { defineFunctions } from "../define-function.js";
import { refuseArguments } from "../refuse-arguments.js";
import {
  anyNullable,
  BOOL,
  castAll,
  fixedRule,
  INT32,
  intConstant,
  optional,
  type Parameter,
  type SignatureRule,
  text,
  textConstant,
  UTF8,
} from "../signature-rules.js";

const oneText = fixedRule("one string", [text], UTF8);
const twoTexts = fixedRule("two strings", [text, text], BOOL);
const position: Parameter = { kinds: ["int32"], cast: INT32 };
/** Whatever prints as text; bytes and nested values do not. */
const printable: Parameter = {
  kinds: CARRIED_KINDS.filter((kind) => !["binary", "list", "struct"].includes(kind)),
  cast: UTF8,
};

const concatRule: SignatureRule = (name, args) => {
  if (args.length === 0) refuseArguments({ name, takes: "one value or more", given: args });
  const types = castAll({ name, takes: "values that print as text", parameters: args.map(() => printable) }, args);
  return { args: types, result: UTF8, nullable: anyNullable(args) };
};

export const textual = defineFunctions({
  upper: { sqlNames: ["upper", "ucase"], rule: oneText, example: `upper("name")` },
  lower: { sqlNames: ["lower", "lcase"], rule: oneText, example: `lower("name")` },
  length: {
    sqlNames: ["length", "char_length", "len"],
    rule: fixedRule("one string", [text], INT32),
    example: `length("name")`,
  },
  trim: { sqlNames: ["trim"], rule: oneText, example: `trim("name")` },
  // Positions count code points from 1, negative ones from the end; without a length, to the end.
  substring: {
    sqlNames: ["substring", "substr"],
    rule: fixedRule("a string, a position and, if you like, a length", [text, position, optional(position)], UTF8),
    example: `substring("name", 1, 3)`,
  },
  concat: { sqlNames: ["concat"], rule: concatRule, example: `concat("first", lit(" "), "last")` },
  // The pattern is a regular expression (RE2 syntax); `limit` > 0 caps the number of pieces.
  split: {
    sqlNames: ["split"],
    rule: fixedRule(
      "a string, a constant pattern and, if you like, a constant limit",
      [text, textConstant, optional(intConstant)],
      { kind: "list", element: UTF8, containsNull: false },
    ),
    example: `split("line", " ")`,
  },
  startsWith: { sqlNames: ["startswith"], rule: twoTexts, example: `col("name").startsWith("A")` },
  endsWith: { sqlNames: ["endswith"], rule: twoTexts, example: `col("name").endsWith("z")` },
  contains: { sqlNames: ["contains"], rule: twoTexts, example: `col("name").contains("mill")` },
});
