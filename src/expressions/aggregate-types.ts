import type { DataType } from "../types/data-type.js";
import type { AggregateName } from "./expression.js";
import type { Argument } from "./function-definition.js";
import { refuseArguments } from "./refuse-arguments.js";
import { FLOAT64, INT64, NUMBERS } from "./signature-rules.js";

/** What a type rule decides for an aggregate: the types its arguments are cast to, and its result. */
export interface AggregateSignature {
  readonly args: DataType[];
  readonly result: DataType;
  readonly nullable: boolean;
}

/**
 * Type rule of every built-in aggregate. Counts are never NULL; everything else is NULL over no value.
 * Integers are widened to int64 first, so accumulators know two number types only. 'user' declares its own types and
 * does not come here.
 */
export function aggregateSignature(name: AggregateName, args: readonly Argument[]): AggregateSignature {
  switch (name) {
    case "count":
      return countSignature(args);
    case "countDistinct":
      return distinctSignature(args);
    case "sum":
      return numberSignature(name, args);
    case "avg":
      return { ...numberSignature(name, args), result: FLOAT64 };
    case "min":
    case "max":
      return sameSignature(name, args);
    case "first":
    case "last":
      return sameSignature(name, args);
    default:
      throw new Error(`Broken invariant: ${name} has no built-in type rule`);
  }
}

function countSignature(args: readonly Argument[]): AggregateSignature {
  if (args.length > 1) refuseArguments({ name: "count", takes: "no column, or one", given: args });
  return { args: args.map(({ type }) => type), result: INT64, nullable: false };
}

function distinctSignature(args: readonly Argument[]): AggregateSignature {
  if (args.length === 0) refuseArguments({ name: "countDistinct", takes: "one column or more", given: args });
  return { args: args.map(({ type }) => type), result: INT64, nullable: false };
}

function numberSignature(name: AggregateName, args: readonly Argument[]): AggregateSignature {
  const kind = args.length === 1 ? args[0].type.kind : null;
  if (kind === null || !(kind === "null" || NUMBERS.includes(kind)))
    refuseArguments({ name, takes: "one number", given: args });
  const type = kind === "int32" || kind === "int64" ? INT64 : FLOAT64;
  return { args: [type], result: type, nullable: true };
}

function sameSignature(name: AggregateName, args: readonly Argument[]): AggregateSignature {
  if (args.length !== 1) refuseArguments({ name, takes: "one column", given: args });
  return { args: [args[0].type], result: args[0].type, nullable: true };
}
