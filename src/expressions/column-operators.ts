import type { AnyColumn, Operand, ValueTerm } from "./column-argument.js";
import { valueExpression } from "./column-argument.js";
import type { Column } from "./column-expression.js";
import type { Op } from "./column-term.js";
import type { Expression } from "./expression.js";
import type { FunctionName } from "./function-name.js";

/** A condition: a boolean column, or a constant. */
export type Condition = AnyColumn | boolean | null;

type Two<F extends string, E, X> = Column<Op<F, readonly [E, ValueTerm<X>]>>;
type One<F extends string, E> = Column<Op<F, readonly [E]>>;

/** The operators of a Column: arithmetic, comparison, logic, NULL handling. Arguments that are not columns are constants. */
export abstract class ColumnOperators<E> {
  abstract readonly expression: Expression;
  protected abstract derive<T>(expression: Expression): Column<T>;

  protected apply<T>(name: FunctionName, ...others: readonly Expression[]): Column<T> {
    return this.derive({ kind: "call", name, args: [this.expression, ...others] });
  }

  plus<X extends Operand>(other: X): Two<"plus", E, X> {
    return this.apply("plus", valueExpression(other));
  }
  minus<X extends Operand>(other: X): Two<"minus", E, X> {
    return this.apply("minus", valueExpression(other));
  }
  times<X extends Operand>(other: X): Two<"times", E, X> {
    return this.apply("times", valueExpression(other));
  }
  /** Always float64; division by zero is an error. */
  dividedBy<X extends Operand>(other: X): Two<"dividedBy", E, X> {
    return this.apply("dividedBy", valueExpression(other));
  }
  /** The remainder, with the sign of the dividend. */
  mod<X extends Operand>(other: X): Two<"mod", E, X> {
    return this.apply("mod", valueExpression(other));
  }
  negate(): One<"negate", E> {
    return this.apply("negate");
  }

  eq<X extends Operand>(other: X): Two<"eq", E, X> {
    return this.apply("eq", valueExpression(other));
  }
  ne<X extends Operand>(other: X): Two<"ne", E, X> {
    return this.apply("ne", valueExpression(other));
  }
  lt<X extends Operand>(other: X): Two<"lt", E, X> {
    return this.apply("lt", valueExpression(other));
  }
  le<X extends Operand>(other: X): Two<"le", E, X> {
    return this.apply("le", valueExpression(other));
  }
  gt<X extends Operand>(other: X): Two<"gt", E, X> {
    return this.apply("gt", valueExpression(other));
  }
  ge<X extends Operand>(other: X): Two<"ge", E, X> {
    return this.apply("ge", valueExpression(other));
  }
  /** Equality where NULL equals NULL; never NULL itself. */
  eqNullSafe<X extends Operand>(other: X): Two<"eqNullSafe", E, X> {
    return this.apply("eqNullSafe", valueExpression(other));
  }
  /** low <= this and this <= high. */
  between<L extends Operand, H extends Operand>(
    low: L,
    high: H,
  ): Column<Op<"between", readonly [E, ValueTerm<L>, ValueTerm<H>]>> {
    const args = (bound: Operand): Expression[] => [this.expression, valueExpression(bound)];
    const ge: Expression = { kind: "call", name: "ge", args: args(low) };
    const le: Expression = { kind: "call", name: "le", args: args(high) };
    return this.derive({ kind: "call", name: "and", args: [ge, le] });
  }
  /** True where the value equals one of the given ones; NULL among them makes "no" a NULL. */
  isin<X extends readonly Operand[]>(
    ...values: X
  ): Column<Op<"isin", readonly [E, ...{ [I in keyof X]: ValueTerm<X[I]> }]>> {
    return this.apply("isin", ...values.map(valueExpression));
  }

  and<X extends Condition>(other: X): Two<"and", E, X> {
    return this.apply("and", valueExpression(other));
  }
  or<X extends Condition>(other: X): Two<"or", E, X> {
    return this.apply("or", valueExpression(other));
  }
  not(): One<"not", E> {
    return this.apply("not");
  }

  isNull(): One<"isNull", E> {
    return this.apply("isNull");
  }
  isNotNull(): One<"isNotNull", E> {
    return this.apply("isNotNull");
  }
  isNaN(): One<"isNaN", E> {
    return this.apply("isNaN");
  }
  /** This, or the first of the others that is not NULL. */
  coalesce<X extends readonly Operand[]>(
    ...others: X
  ): Column<Op<"coalesce", readonly [E, ...{ [I in keyof X]: ValueTerm<X[I]> }]>> {
    return this.apply("coalesce", ...others.map(valueExpression));
  }
}
