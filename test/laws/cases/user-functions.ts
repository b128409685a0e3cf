import { registerUserAggregate } from "../../../src/expressions/user-aggregate.js";
import type { UserResults } from "../oracle/aggregates.js";

/** Sum of squares of an int64 column: can take values back, and merge. */
export const SQUARES = registerUserAggregate<bigint>({
  name: "lawSquares",
  type: { kind: "int64" },
  init: () => 0n,
  add: (state, value) => state + square(value),
  retract: (state, value) => state - square(value),
  merge: (left, right) => left + right,
  finish: (state) => state,
});

/** Greatest less least, NULL over no value: cannot take values back, nor merge. */
export const SPAN = registerUserAggregate<readonly [bigint, bigint] | null>({
  name: "lawSpan",
  type: { kind: "int64" },
  init: () => null,
  add: (state, value) => {
    if (typeof value !== "bigint") return state;
    if (state === null) return [value, value];
    return ends([value, ...state]);
  },
  finish: (state) => (state === null ? null : state[1] - state[0]),
});

/** The same two, over all values of a group at once. */
export const USER_RESULTS: UserResults = {
  [SQUARES]: (values) => values.reduce((sum, [value]) => sum + square(value), 0n),
  [SPAN]: (values) => {
    const known = values.flatMap(([value]) => (typeof value === "bigint" ? [value] : []));
    if (known.length === 0) return null;
    const [least, greatest] = ends(known);
    return greatest - least;
  },
};

function ends(values: readonly bigint[]): readonly [bigint, bigint] {
  const sorted = [...values].sort((a, b) => Number(a - b));
  return [sorted[0], sorted[sorted.length - 1]];
}

function square(value: unknown): bigint {
  return typeof value === "bigint" ? value * value : 0n;
}
