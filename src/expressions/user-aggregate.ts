import { AnalysisError } from "../common/millrace-error.js";
import type { DataType } from "../types/data-type.js";

/**
 * An aggregate written by a user. What must hold: `add`, `merge`, `retract` and `finish` depend on their arguments alone;
 * the order of `add` calls does not matter to `finish`; `retract(add(s, v), v)` equals `s` exactly.
 * Values are internal ones: int64 and timestamps bigint, dates days, NULL null.
 */
export interface UserAggregateFunction<State> {
  readonly name: string;
  /** Type of what `finish` returns. */
  readonly type: DataType;
  init(): State;
  add(state: State, ...values: readonly unknown[]): State;
  merge?(left: State, right: State): State;
  retract?(state: State, ...values: readonly unknown[]): State;
  finish(state: State): unknown;
}

/** Plans name functions by id, so that they have a JSON form; the functions live here, for the whole process. */
const REGISTERED = new Map<string, UserAggregateFunction<unknown>>();

/** Registers under the function's name, which is the id; an older function of that name is replaced. */
export function registerUserAggregate<State>(aggregate: UserAggregateFunction<State>): string {
  if (aggregate.name === "") throw new AnalysisError("USER_AGGREGATE", "A user aggregate needs a name.");
  // States go only where they came from, so the registry may forget their type.
  REGISTERED.set(aggregate.name, Object.freeze({ ...aggregate }) as unknown as UserAggregateFunction<unknown>);
  return aggregate.name;
}

export function userAggregateById(id: string): UserAggregateFunction<unknown> {
  const found = REGISTERED.get(id);
  if (found !== undefined) return found;
  throw new AnalysisError("USER_AGGREGATE", `No user aggregate is registered as "${id}".`, {
    hint: "Call userAggregate({ name, … }) in this process before the plan is used.",
  });
}
