import { unreachable } from "../../common/unreachable.js";
import { userAggregateById } from "../../expressions/user-aggregate.js";
import type { ResolvedAggregate } from "../../plan/analysed-node.js";
import type { DataType } from "../../types/data-type.js";
import type { Accumulator } from "./accumulator.js";
import { ArrivalAccumulator } from "./arrival-accumulator.js";
import { AverageAccumulator } from "./average-accumulator.js";
import { CountAccumulator } from "./count-accumulator.js";
import { DistinctAccumulator } from "./distinct-accumulator.js";
import { FloatSumAccumulator } from "./float-sum-accumulator.js";
import { Int64ExtremeAccumulator } from "./int64-extreme-accumulator.js";
import { IntegerSumAccumulator } from "./integer-sum-accumulator.js";
import { NumberExtremeAccumulator } from "./number-extreme-accumulator.js";
import { RecomputingAccumulator } from "./recomputing-accumulator.js";
import { RetractingExtremeAccumulator } from "./retracting-extreme-accumulator.js";
import { StoredExtremeAccumulator } from "./stored-extreme-accumulator.js";
import { UserAccumulator } from "./user-accumulator.js";

export interface AccumulatorOptions {
  readonly codegen: boolean;
  /** Entries may have negative weights. */
  readonly retracting: boolean;
  /** What first and last go by: arrival, or the order of the values. */
  readonly firstLast: "arrival" | "value";
}

export function createAccumulator(aggregate: ResolvedAggregate, options: AccumulatorOptions): Accumulator {
  switch (aggregate.name) {
    case "count":
      return new CountAccumulator();
    case "sum":
      return aggregate.type.kind === "int64"
        ? new IntegerSumAccumulator(aggregate.outputName)
        : new FloatSumAccumulator();
    case "avg":
      return new AverageAccumulator(isInteger(aggregate.args[0].type));
    case "min":
    case "max":
      return extreme(aggregate, aggregate.name === "max", options);
    case "first":
    case "last":
      return firstOrLast(aggregate, aggregate.name === "last", options);
    case "countDistinct":
      return new DistinctAccumulator(
        aggregate.args.map((argument) => argument.type),
        options,
      );
    case "user":
      return userAccumulator(aggregate, options);
    default:
      return unreachable(aggregate.name);
  }
}

/** Does a row whose arguments are partly NULL contribute? User functions see NULLs, the others leave them out. */
export function takesNulls(aggregate: ResolvedAggregate): boolean {
  return aggregate.name === "user";
}

function extreme(aggregate: ResolvedAggregate, isMax: boolean, options: AccumulatorOptions): Accumulator {
  const type = aggregate.args[0].type;
  return options.retracting ? new RetractingExtremeAccumulator(type, isMax, options) : insertOnlyExtreme(type, isMax);
}

function insertOnlyExtreme(type: DataType, isMax: boolean): Accumulator {
  switch (type.kind) {
    case "bool":
    case "int32":
    case "date":
    case "float64":
      return new NumberExtremeAccumulator(type, isMax);
    case "int64":
    case "timestamp":
      return new Int64ExtremeAccumulator(type, isMax);
    default:
      return new StoredExtremeAccumulator(type, isMax);
  }
}

function firstOrLast(aggregate: ResolvedAggregate, isLast: boolean, options: AccumulatorOptions): Accumulator {
  const isByArrival = options.firstLast === "arrival" && !options.retracting;
  return isByArrival ? new ArrivalAccumulator(aggregate.args[0].type, isLast) : extreme(aggregate, isLast, options);
}

function userAccumulator(aggregate: ResolvedAggregate, options: AccumulatorOptions): Accumulator {
  if (aggregate.functionId === null) throw new Error("Broken invariant: a user aggregate has a function id");
  const userFunction = userAggregateById(aggregate.functionId);
  const mustRecompute = options.retracting && userFunction.retract === undefined;
  const types = aggregate.args.map((argument) => argument.type);
  return mustRecompute ? new RecomputingAccumulator(userFunction, types, options) : new UserAccumulator(userFunction);
}

function isInteger(type: DataType): boolean {
  return type.kind === "int32" || type.kind === "int64";
}
