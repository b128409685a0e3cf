import type { DataType } from "../types/data-type.js";
import { binary, bool, date, float64, int32, int64, timestamp, utf8 } from "../types/type-constructors.js";
import type { Argument, Signature } from "./function-definition.js";
import { refuseArguments } from "./refuse-arguments.js";
import { commonType } from "./widen-types.js";

/** A type rule that knows which function it belongs to, for its error text. */
export type SignatureRule = (name: string, args: readonly Argument[]) => Signature;

export const BOOL = bool();
export const INT32 = int32();
export const INT64 = int64();
export const FLOAT64 = float64();
export const UTF8 = utf8();
export const BINARY = binary();
export const DATE = date();
export const TIMESTAMP = timestamp();

/** Kinds an argument may have; "literal" kinds are the same but must be constants. NULL always fits and is cast. */
export interface Parameter {
  readonly kinds: readonly DataType["kind"][];
  /** What the value is cast to before the kernel sees it; null = as it is. */
  readonly cast: DataType | null;
  readonly constant?: boolean;
  readonly optional?: boolean;
}

export const NUMBERS: readonly DataType["kind"][] = ["int32", "int64", "float64"];
export const text: Parameter = { kinds: ["utf8"], cast: UTF8 };
export const textConstant: Parameter = { kinds: ["utf8"], cast: UTF8, constant: true };
export const intConstant: Parameter = { kinds: ["int32"], cast: INT32, constant: true };
export const instant: Parameter = { kinds: ["timestamp", "date"], cast: TIMESTAMP };
export const optional = (parameter: Parameter): Parameter => ({ ...parameter, optional: true });

/** A rule for a fixed parameter list: NULL if any argument is NULL. `takes` completes the sentence "… takes …". */
export function fixedRule(takes: string, parameters: readonly Parameter[], result: DataType): SignatureRule {
  return (name, args) => {
    const types = castAll({ name, takes, parameters }, args);
    return { args: types, result, nullable: anyNullable(args) };
  };
}

export interface CheckedCall {
  readonly name: string;
  readonly takes: string;
  readonly parameters: readonly Parameter[];
}

/** The types the arguments are cast to, or the refusal. */
export function castAll(call: CheckedCall, args: readonly Argument[]): DataType[] {
  const required = call.parameters.filter((parameter) => parameter.optional !== true).length;
  const fits = (argument: Argument, i: number): boolean => fitsParameter(argument, call.parameters[i]);
  if (args.length < required || args.length > call.parameters.length || !args.every(fits)) {
    refuseArguments({ name: call.name, takes: call.takes, given: args });
  }
  return args.map((argument, i) => castTo(argument, call.parameters[i]));
}

function fitsParameter(argument: Argument, parameter: Parameter): boolean {
  if (parameter.constant === true && argument.literal === null) return false;
  return argument.type.kind === "null" || parameter.kinds.includes(argument.type.kind);
}

/** Timestamps keep their zone: it is a matter of display, the kernel sees microseconds either way. */
function castTo(argument: Argument, { cast }: Parameter): DataType {
  if (cast === null || argument.type.kind === cast.kind) return argument.type;
  return cast;
}

export function anyNullable(args: readonly Argument[]): boolean {
  return args.some((argument) => argument.nullable);
}

export function allNullable(args: readonly Argument[]): boolean {
  return args.every((argument) => argument.nullable);
}

/** The one type that all arguments are compared in. A string constant takes the type of the other side, as in Spark. */
export function comparisonType(name: string, args: readonly Argument[]): DataType {
  const texts = args.filter(isTextConstant);
  const others = args.filter((argument) => !isTextConstant(argument));
  const rest = widenAll(others);
  if (rest === null) return refuseComparison(name, args);
  if (texts.length === 0) return rest;
  if (rest.kind === "null") return UTF8;
  if (!TEXT_CASTS.includes(rest.kind)) return refuseComparison(name, args);
  return rest;
}

const TEXT_CASTS: readonly DataType["kind"][] = ["utf8", "bool", "int32", "int64", "float64", "date", "timestamp"];

function isTextConstant(argument: Argument): boolean {
  return argument.literal !== null && argument.type.kind === "utf8";
}

function widenAll(args: readonly Argument[]): DataType | null {
  let common: DataType | null = { kind: "null" };
  for (const { type } of args) common = common === null ? null : commonType(common, type);
  return common;
}

function refuseComparison(name: string, args: readonly Argument[]): never {
  return refuseArguments({
    name,
    takes: "values of one type (numbers mix)",
    given: args,
    hint: "Cast one side with .cast(type).",
  });
}
