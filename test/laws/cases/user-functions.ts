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
    return [value < state[0] ? value : state[0], value > state[1] ? value : state[1]];
  },
  finish: (state) => (state === null ? null : state[1] - state[0]),
});

/** The same two, over all values of a group at once. */
export const USER_RESULTS: UserResults = {
  [SQUARES]: (values) => values.reduce((sum, [value]) => sum + square(value), 0n),
  [SPAN]: (values) => {
    const known = values.flatMap(([value]) => (typeof value === "bigint" ? [value] : []));
    if (known.length === 0) return null;
    return known.reduce((a, b) => (b > a ? b : a)) - known.reduce((a, b) => (b < a ? b : a));
  },
};

function square(value: unknown): bigint {
  return typeof value === "bigint" ? value * value : 0n;
}
