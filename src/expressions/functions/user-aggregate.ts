import { type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { AggregateColumn } from "../column-expression.js";
import type { Agg } from "../column-term.js";
import { type TypeArgument, type TypeOfArgument, typeOfArgument } from "../type-argument.js";
import { registerUserAggregate, type UserAggregateFunction } from "../user-aggregate.js";

/** What a user writes: the function, and its result type as a type or DDL. */
export interface UserAggregateOptions<State, T extends TypeArgument>
  extends Omit<UserAggregateFunction<State>, "type"> {
  readonly type: T;
}

/**
 * An aggregate of one's own. `add` gets the state and the row's values (int64 and timestamps as bigint) and returns the
 * new state. `retract`, if it is exact, undoes `add`; without it, input that can change is refused. The name identifies
 * the function across restarts; defining a name again replaces it.
 *
 * `const product = userAggregate({ name: "product", type: float64(), init: () => 1, add: (p, x) => p * Number(x), finish: (p) => p })`
 */
export function userAggregate<State, const T extends TypeArgument>(
  options: UserAggregateOptions<State, T>,
): <C extends readonly ColumnOrName[]>(
  ...columns: C
) => AggregateColumn<Agg<"user", { readonly [I in keyof C]: NameTerm<C[I]> }, TypeOfArgument<T>>> {
  const type = typeOfArgument(options.type);
  const functionId = registerUserAggregate({ ...options, type });
  return (...columns) =>
    new AggregateColumn({
      kind: "aggregate",
      name: "user",
      args: columns.map(nameExpression),
      where: null,
      functionId,
      type,
    });
}
