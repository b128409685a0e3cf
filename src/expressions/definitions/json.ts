import { defineFunctions } from "../define-function.js";
import { refuseArguments } from "../refuse-arguments.js";
import { anyNullable, castAll, type Parameter, type SignatureRule, textConstant, UTF8 } from "../signature-rules.js";
import { typeFromText } from "../type-text.js";

/** UTF-8 of whichever name: what comes from a topic is bytes. */
const textOrBytes: Parameter = { kinds: ["utf8", "binary"], cast: null };

/** fromJson(text, type): NULL where the text is not such a value, so always nullable. */
const fromJsonRule: SignatureRule = (name, args) => {
  const takes = "text or binary and a constant type";
  const types = castAll({ name, takes, parameters: [textOrBytes, textConstant] }, args);
  const written = args[1].literal?.value;
  if (typeof written !== "string") return refuseArguments({ name, takes, given: args });
  return { args: types, result: typeFromText(written), nullable: true };
};

const toJsonRule: SignatureRule = (name, args) => {
  const types = castAll(
    { name, takes: "a struct or a list", parameters: [{ kinds: ["struct", "list"], cast: null }] },
    args,
  );
  return { args: types, result: UTF8, nullable: anyNullable(args) };
};

export const json = defineFunctions({
  fromJson: { sqlNames: ["from_json"], rule: fromJsonRule, example: `fromJson("value", "user string, amount double")` },
  toJson: { sqlNames: ["to_json"], rule: toJsonRule, example: `toJson(struct("user", "amount"))` },
});
