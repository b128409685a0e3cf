import type { NameTerm } from "../expressions/column-argument.js";
import type { Column } from "../expressions/column-expression.js";
import type { Agg, Case, Every, Named, Op } from "../expressions/column-term.js";
import type { TimeType } from "../expressions/function-types.js";
import type { NameOf } from "../expressions/name-of.js";
import type { OrderedColumn } from "../expressions/ordered-column.js";
import type { ColumnType, MembersStar, Problem, TypeOf, Unstarred, Widened } from "../expressions/type-of.js";
import type { DataType, MemberTypes } from "../types/data-type.js";

/** The columns of a frame that the compiler knows nothing of: any name, any type. */
export type Unknown = MemberTypes;

export type Names<S> = keyof S & string;

/** A column name: known ones are offered, others are refused with a sentence by the verb's check. */
export type NameHint<S> = Names<S> | (string & {});

/** What verbs take for a column. */
export type Selectable<S> = NameHint<S> | Column<unknown>;

/** Columns by the name they will have. */
export type ColumnRecord = { readonly [name: string]: Column<unknown> };

// The types below read S through `[S] extends [infer T extends MemberTypes]`, for three reasons. Comparing S makes the
// compiler settle the columns' types verb by verb; left alone it settles them at the end of a chain, every verb inside
// the next, and gives up at about 50 verbs. As only T is used from there on, it can see that a DataFrame of known columns
// is a DataFrame<Unknown>. And editors print the columns instead of the name of a type of this file.

// Checks: the argument's own type where all is well, else the sentence the compiler prints --------------------------

/** A column of rows: no aggregate in it. */
export type RowChecked<C, S> = [S] extends [infer T extends MemberTypes]
  ? C extends "*"
    ? C
    : [AggregateIn<NameTerm<C>>] extends [never]
      ? Checked<C, T>
      : `${AggregateIn<NameTerm<C>>} is an aggregate: use it in agg(...).`
  : never;

/** What orderBy takes. */
export type OrderChecked<C, S> =
  C extends OrderedColumn<infer E> ? Rejection<RowChecked<Column<E>, S>, C> : RowChecked<C, S>;
type Rejection<Checked, C> = Checked extends string ? Checked : C;

/** A condition on rows. */
export type ConditionChecked<C, S> = [S] extends [infer T extends MemberTypes]
  ? [AggregateIn<NameTerm<C>>] extends [never]
    ? Outcome<C, TypeOf<Op<"filter", readonly [NameTerm<C>]>, T>>
    : `${AggregateIn<NameTerm<C>>} is an aggregate: filter after agg(...), by the name of its column.`
  : never;

/** A column of groups: an aggregate, or an expression over some. */
export type AggregateChecked<C, S> = [S] extends [infer T extends MemberTypes]
  ? unknown extends NameTerm<C>
    ? C
    : [AggregateIn<NameTerm<C>>] extends [never]
      ? "agg(...) takes aggregates, such as sum(column) or count()."
      : Checked<C, T>
  : never;

/** A column by name, for the aggregate function F. */
export type AggregateNameChecked<F extends string, N, S> = [S] extends [infer T extends MemberTypes]
  ? Outcome<N, TypeOf<Agg<F, readonly [NameTerm<N>]>, T>>
  : never;

/** A column that can carry event time. */
export type EventTimeChecked<N extends string, S> = [S] extends [infer T extends MemberTypes]
  ? TypeOf<NameTerm<N>, T> extends infer Found
    ? [Extract<Found, TimeType | Problem<string>>] extends [never]
      ? "withWatermark takes a column of type timestamp or date."
      : Outcome<N, Found>
    : never
  : never;

/** A name among the columns, taken as it is. */
export type NameChecked<N, S> = [S] extends [infer T extends MemberTypes]
  ? N extends keyof T
    ? N
    : `There is no column "${N & string}" in this frame.`
  : never;

type Checked<C, T> = NameTerm<C> extends Every ? C : Outcome<C, TypeOf<NameTerm<C>, T>>;
type Outcome<C, Found> = [ProblemIn<Found>] extends [never] ? C : ProblemIn<Found>["problem"];
type ProblemIn<Found> = Extract<Found, Problem<string>>;

/** Names of the aggregate functions in a term. */
type AggregateIn<E> =
  E extends Agg<infer F, readonly unknown[], unknown, readonly unknown[]>
    ? F
    : E extends Named<string, infer I>
      ? AggregateIn<I>
      : E extends Op<string, infer A>
        ? AggregateIn<A[number]>
        : E extends Case<readonly unknown[], infer Then, boolean>
          ? AggregateIn<Then[number]>
          : never;

// What verbs give: one mapped type each -----------------------------------------------------------------------------

/** The columns by the names they will have. */
type ByName<A extends readonly unknown[]> = { [C in A[number] as C extends "*" ? never : NameOf<NameTerm<C>>]: C };

/** The columns of a record; also groupBy(...). */
type ColumnsOf<R, S> = [S] extends [infer T extends MemberTypes]
  ? { [N in keyof R]: ColumnType<NameTerm<R[N]>, T> }
  : never;
export type Keys<S, A extends readonly unknown[]> = ColumnsOf<ByName<A>, S>;

/** select(...): the columns given; "*" stands for all, "s.*" for the members of a struct. */
export type Selected<S, A extends readonly unknown[]> =
  Extract<NameTerm<A[number]>, MembersStar> extends never
    ? Extract<A[number], "*" | Column<Every>> extends never
      ? ColumnsOf<ByName<A>, S>
      : Extended<S, ByName<Exclude<A[number], Column<Every>>[]>>
    : UnstarredColumns<NameTerm<A[number]>, S>;
type UnstarredColumns<E, S> = [S] extends [infer T extends MemberTypes]
  ? { [U in Unstarred<E, T> as NameOf<U>]: ColumnType<U, T> }
  : never;

/** withColumns(record): columns replaced or appended. */
export type Extended<S, R> = [S] extends [infer T extends MemberTypes]
  ? { [N in keyof T | keyof R]: N extends keyof R ? ColumnType<NameTerm<R[N]>, T> : N extends keyof T ? T[N] : never }
  : never;

/** withColumn(name, column). */
export type With<S, N extends string, C> = [S] extends [infer T extends MemberTypes]
  ? { [K in keyof T | N]: K extends N ? ColumnType<NameTerm<C>, T> : K extends keyof T ? T[K] : never }
  : never;

export type Without<S, N> = [S] extends [infer T extends MemberTypes]
  ? { [K in keyof T as K extends N ? never : K]: T[K] }
  : never;
export type Renamed<S, From, To extends string> = [S] extends [infer T extends MemberTypes]
  ? { [K in keyof T as K extends From ? To : K]: T[K] }
  : never;

/** agg(record) and agg(...columns): keys, then aggregates. */
export type Aggregated<S, K, A extends readonly unknown[]> = A extends readonly [infer R]
  ? R extends Column<unknown>
    ? Groups<S, K, ByName<A>>
    : Groups<S, K, R>
  : Groups<S, K, ByName<A>>;
type Groups<S, K, R> = [S, K] extends [infer T extends MemberTypes, infer L extends MemberTypes]
  ? { [N in keyof L | keyof R]: N extends keyof L ? L[N] : N extends keyof R ? ColumnType<NameTerm<R[N]>, T> : never }
  : never;

/** union(other): by position, under the names of the first; where names agree, types widen. */
export type United<S, O> = [S] extends [infer T extends MemberTypes]
  ? { [N in keyof T]: N extends keyof O ? Widened<T[N], O[N]> : DataType }
  : never;
