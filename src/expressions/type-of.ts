import type {
  BinaryType,
  BoolType,
  DataType,
  DateType,
  Float64Type,
  Int32Type,
  Int64Type,
  ListType,
  NullType,
  StructType,
  TimestampType,
  Utf8Type,
} from "../types/data-type.js";
import type { Agg, Case, Every, Lit, Named, Op, Ref, Typed } from "./column-term.js";
import type { AggregateTypes, FunctionTypes, NumberType, Rule, TimeType, WindowType } from "./function-types.js";
import type { NameOf } from "./name-of.js";

/** A sentence that the compiler prints in place of a type. */
export interface Problem<Text extends string> {
  readonly problem: Text;
}

/** A string constant: in comparisons it takes the type of the other side. */
export interface TextConstant extends Utf8Type {
  readonly constant: true;
}

/**
 * The type of term E over a frame with columns S: a DataType (with `| NullType` where it may be NULL), or a Problem.
 * A type is what the term may be: a union of several types (an unknown column is a union of all) is fine wherever one of
 * them is. Terms nobody knows (`Column<unknown>`) may be anything.
 */
export type TypeOf<E, S> =
  E extends Ref<infer N>
    ? N extends "*"
      ? DataType
      : N extends `${infer Path}.*`
        ? StarType<RefType<Path, S>>
        : RefType<N, S>
    : E extends Lit<infer V>
      ? LitType<V>
      : E extends Named<string, infer I>
        ? TypeOf<I, S>
        : E extends Op<infer F, infer A, infer X>
          ? F extends "struct"
            ? StructOf<A, S>
            : F extends keyof FunctionTypes
              ? Apply<F, FunctionTypes[F], TypesOf<A, S>, X>
              : DataType
          : E extends Agg<infer F, infer A, infer X, infer W>
            ? F extends keyof AggregateTypes
              ? After<W, "filter", S, Apply<F, AggregateTypes[F], TypesOf<A, S>, X>>
              : DataType
            : E extends Case<infer W, infer T, infer Total>
              ? After<W, "when", S, CaseType<TypesOf<T, S>, Total>>
              : E extends Typed<infer T>
                ? T
                : DataType;

/** The type of a column that a verb makes of a term: constants lose what only comparisons care for. */
export type ColumnType<E, S> = Settled<TypeOf<E, S>>;
type Settled<T> = T extends TextConstant ? Utf8Type : T extends DataType ? T : DataType;

/** The type that values of both go into. */
export type Widened<A, B> = Settled<Common<"union", readonly [A, B]>> | Nulls<readonly [A, B]>;

type TypesOf<A, S> = { [I in keyof A]: TypeOf<A[I], S> };
type Items<T> = T extends readonly (infer I)[] ? I : never;

// Columns ---------------------------------------------------------------------------------------------------------

type RefType<N extends string, S> = string extends N
  ? DataType
  : N extends keyof S
    ? S[N]
    : N extends `\`${infer Quoted}\``
      ? Quoted extends keyof S
        ? S[Quoted]
        : NoColumn<Quoted>
      : N extends `${infer Head}.${infer Rest}`
        ? Head extends keyof S
          ? PathType<S[Head], Rest>
          : NoColumn<Head>
        : NoColumn<N>;

type PathType<T, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? PathType<MemberType<T, Head>, Rest>
  : MemberType<T, Path>;

/** "s.*" is of no type of its own; s must be a struct. */
type StarType<T> = [DataType] extends [T]
  ? DataType
  : Exclude<T, StructType | NullType> extends infer Other
    ? [Other] extends [never]
      ? DataType
      : Other extends Problem<string>
        ? Other
        : Problem<`There are no members to take: this is ${Kind<Other>}, not a struct.`>
    : never;

/** A member of a struct; NULL where the struct is. */
type MemberType<T, N> = [DataType] extends [T] ? DataType : MemberOf<T, N>;
type MemberOf<T, N> =
  T extends Problem<string>
    ? T
    : T extends StructType<infer M>
      ? N extends keyof M
        ? M[N]
        : Problem<`There is no member "${Text<N>}" in this struct.`>
      : T extends NullType
        ? NullType
        : Problem<`There is no member "${Text<N>}": this is ${Kind<T>}, not a struct.`>;

type NoColumn<N extends string> = Problem<`There is no column "${N}" in this frame.`>;
type Text<N> = N extends string ? N : never;

// Constants -------------------------------------------------------------------------------------------------------

type LitType<V> = V extends string
  ? TextConstant
  : V extends number
    ? NumberLitType<V>
    : V extends bigint
      ? Int64Type
      : V extends boolean
        ? BoolType
        : V extends null
          ? NullType
          : V extends Date
            ? TimestampType
            : V extends Uint8Array
              ? BinaryType
              : DataType;

/** Ten characters may be more than int32 holds. */
type NumberLitType<V extends number> = number extends V
  ? NumberType
  : `${V}` extends `${string}.${string}` | `${string}e${string}`
    ? Float64Type
    : `${V}` extends `${infer _0}${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${string}`
      ? Int32Type | Int64Type
      : Int32Type;

// Functions -------------------------------------------------------------------------------------------------------

/** The first problem among the arguments, else a misfit in words, else what the rule gives. */
type Apply<F extends string, R, T, X> =
  R extends Rule<infer Takes, infer Words, infer Gives>
    ? Guard<
        T,
        [Misfit<T, Takes>] extends [never]
          ? Give<F, Gives, T, X>
          : Problem<`${F} takes ${Words}, not ${Kind<Misfit<T, Takes>>}.`>
      >
    : DataType;

/** `Result`, if every one of the terms W is a condition. */
type After<W, F extends "filter" | "when", S, Result> = W extends readonly []
  ? Result
  : Guard<[Apply<F, FunctionTypes[F], TypesOf<W, S>, unknown>], Result>;

type Guard<T, Result> = [Extract<Items<T>, Problem<string>>] extends [never]
  ? Result
  : Extract<Items<T>, Problem<string>>;

type Misfit<T, Takes> = Items<{ [I in keyof T]: Fits<T[I], Takes> extends true ? never : T[I] }>;

type Fits<T, Takes> = [Exclude<T, NullType>] extends [never]
  ? true
  : [Extract<Exclude<T, NullType>, Takes>] extends [never]
    ? false
    : true;

type Give<F extends string, Gives, T, X> = Gives extends DataType
  ? Gives | Nulls<T>
  : Gives extends "common"
    ? Common<F, T> | Nulls<T>
    : Gives extends "same"
      ? Extract<Items<T>, NumberType | NullType>
      : Gives extends "whole"
        ? Whole<Items<T>>
        : Gives extends "compare"
          ? Compared<F, T, BoolType | Nulls<T>>
          : Gives extends "compareNullSafe"
            ? Compared<F, T, BoolType>
            : Gives extends "test"
              ? BoolType
              : Gives extends "coalesce"
                ? Common<F, T> | NullIfAll<T>
                : Gives extends "cast"
                  ? X | Nulls<T>
                  : Gives extends "tryCast"
                    ? X | NullType
                    : Gives extends "member"
                      ? MemberType<Items<T>, X>
                      : Gives extends "element"
                        ? Element<Items<T>> | Nulls<T>
                        : Gives extends "exploded"
                          ? Element<Items<T>>
                          : Gives extends "elementOrNull"
                            ? Element<Items<T>> | NullType
                            : Gives extends "window"
                              ? WindowType
                              : Gives extends "count"
                                ? Int64Type
                                : Gives extends "sum"
                                  ? Sum<Items<T>> | NullType
                                  : Gives extends "sameOrNull"
                                    ? Settled<Items<T>> | NullType
                                    : DataType;

type Nulls<T> = Extract<Items<T>, NullType>;
type NullIfAll<T> = false extends Items<{ [I in keyof T]: NullType extends T[I] ? true : false }> ? never : NullType;
type Values<T> = Exclude<Items<T>, NullType>;

type Anything = Exclude<DataType, NullType>;

/** The type all arguments widen to: numbers mix, dates mix with timestamps, text constants with anything. */
type Common<F extends string, T> = CommonOf<F, Exclude<Values<T>, TextConstant>, Extract<Values<T>, TextConstant>>;
type CommonOf<F extends string, U, Constant> = [U] extends [never]
  ? [Constant] extends [never]
    ? NullType
    : Utf8Type
  : [Anything] extends [U]
    ? DataType
    : [U] extends [NumberType]
      ? Float64Type extends U
        ? Float64Type
        : Int64Type extends U
          ? Int64Type
          : Int32Type
      : [U] extends [TimeType]
        ? TimestampType extends U
          ? TimestampType
          : DateType
        : IsMixed<Kind<U>> extends true
          ? Problem<`${F} takes values of one type, not a mix of them; cast one side.`>
          : U;

type Compared<F extends string, T, Result> =
  Common<F, T> extends infer C ? (C extends Problem<string> ? C : Result) : never;

type IsMixed<K, All = K> = (K extends unknown ? ([All] extends [K] ? never : true) : never) extends never
  ? false
  : true;

type Whole<T> = T extends Float64Type ? Int64Type : Extract<T, NumberType | NullType>;
type Sum<T> = T extends Float64Type ? Float64Type : T extends Int32Type | Int64Type ? Int64Type : never;
type Element<T> = [DataType] extends [T]
  ? DataType
  : T extends ListType<infer I>
    ? I | (T extends { readonly containsNull: false } ? never : NullType)
    : never;

/** Members named as their terms are. */
type StructOf<A extends readonly unknown[], S> = Guard<
  TypesOf<A, S>,
  StructType<{ readonly [E in Unstarred<A[number], S> as NameOf<E>]: ColumnType<E, S> }>
>;

/** A term that stands for several columns: "*" for all, "s.*" for the members of a struct. */
export type Starred = Every | Ref<"*"> | MembersStar;
export type MembersStar = Ref<`${string}.*`>;

/** The terms that a term stands for: itself, unless it is a star. */
export type Unstarred<E, S> = E extends Every | Ref<"*">
  ? EachNamed<keyof S & string>
  : E extends Ref<`${infer Path}.*`>
    ? EachMember<Path, MemberNames<RefType<Path, S>>>
    : E;
type EachNamed<N extends string> = N extends unknown ? Named<N, Ref<N>> : never;
type EachMember<Path extends string, N extends string> = N extends unknown
  ? Named<N, Op<"getField", readonly [Ref<Path>], N>>
  : never;
type MemberNames<T> = [DataType] extends [T] ? string : T extends StructType<infer M> ? keyof M & string : never;

type CaseType<T, Total> = Guard<T, Common<"when", T> | Nulls<T> | (Total extends true ? never : NullType)>;

/** The kind of a type, for sentences. */
type Kind<T> = [T] extends [Float64Type | Int32Type | Int64Type]
  ? IsMixed<T> extends true
    ? "number"
    : T["kind"]
  : Exclude<T, NullType> extends infer U
    ? U extends { readonly kind: infer K extends string }
      ? K
      : "something else"
    : never;
