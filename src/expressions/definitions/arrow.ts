import type { DataType } from "../../types/data-type.js";
import { defineFunctions } from "../define-function.js";
import { refuseArguments } from "../refuse-arguments.js";
import { anyNullable, BINARY, castAll, type Parameter, type SignatureRule, textConstant } from "../signature-rules.js";
import { typeFromText } from "../type-text.js";

const bytes: Parameter = { kinds: ["binary"], cast: BINARY };

/** fromArrowIpc(bytes, struct type): the rows of a stream, NULL where the bytes are no stream of such rows. */
const fromArrowIpcRule: SignatureRule = (name, args) => {
  const takes = "binary and the constant type of a struct";
  const types = castAll({ name, takes, parameters: [bytes, textConstant] }, args);
  const written = args[1].literal?.value;
  const element = typeof written === "string" ? typeFromText(written) : null;
  if (element?.kind !== "struct") return refuseArguments({ name, takes, given: args });
  return { args: types, result: { kind: "list", element, containsNull: false }, nullable: true };
};

const toArrowIpcRule: SignatureRule = (name, args) => {
  const takes = "a struct, or a list of structs of which none can be NULL";
  const types = castAll({ name, takes, parameters: [{ kinds: ["struct", "list"], cast: null }] }, args);
  if (!types.every(isRows)) return refuseArguments({ name, takes, given: args });
  return { args: types, result: BINARY, nullable: anyNullable(args) };
};

function isRows(type: DataType): boolean {
  return type.kind !== "list" || (type.element.kind === "struct" && !type.containsNull);
}

export const arrow = defineFunctions({
  fromArrowIpc: {
    sqlNames: ["from_arrow_ipc"],
    rule: fromArrowIpcRule,
    example: `fromArrowIpc("value", "user string, amount double")`,
  },
  toArrowIpc: { sqlNames: ["to_arrow_ipc"], rule: toArrowIpcRule, example: `toArrowIpc(struct("user", "amount"))` },
});
