import type { Agg, Lit, Named, Op, Ref } from "./column-term.js";

/**
 * The name of a column that has none of its own, as outputName (output-name.ts) gives it. Where a constant or a type is
 * part of the text, the name is a pattern; of terms that nobody knows it is `string`.
 */
export type NameOf<E> =
  E extends Named<infer N, unknown>
    ? N
    : E extends Ref<infer N>
      ? LastPart<N>
      : E extends Op<infer F, infer A, infer X>
        ? F extends "cast" | "tryCast"
          ? CastName<A, F>
          : F extends "getField"
            ? X & string
            : F extends keyof FixedNames
              ? FixedNames[F]
              : TermText<E>
        : E extends Agg<"count", readonly [], unknown, readonly []>
          ? "count"
          : TermText<E>;

interface FixedNames {
  window: "window";
  sessionWindow: "session_window";
  explode: "col";
  explodeOuter: "col";
}

type LastPart<N extends string> = N extends `\`${infer Quoted}\``
  ? Quoted
  : N extends `${string}.${infer Rest}`
    ? LastPart<Rest>
    : N;

type CastName<A, F extends string> = A extends readonly [infer I]
  ? I extends Ref<string> | Op<"getField", readonly unknown[]> | Op<"cast" | "tryCast", readonly unknown[]>
    ? NameOf<I>
    : `${F extends "cast" ? "CAST" : "TRY_CAST"}(${TermText<I>} AS ${string})`
  : string;

/** What expressionText prints. */
type TermText<E> =
  E extends Ref<infer N>
    ? N
    : E extends Lit<infer V>
      ? LitText<V>
      : E extends Op<infer F, infer A>
        ? F extends keyof Symbols
          ? InfixText<Symbols[F], A>
          : F extends "isNull"
            ? `(${Join<A>} IS NULL)`
            : F extends "isNotNull"
              ? `(${Join<A>} IS NOT NULL)`
              : F extends "not"
                ? `(NOT ${Join<A>})`
                : F extends "negate"
                  ? `(- ${Join<A>})`
                  : F extends PlainFunction
                    ? `${F}(${Join<A>})`
                    : F extends "isin" | "between" | "getField"
                      ? string
                      : `${F}(${string})`
        : E extends Agg<infer F, infer A, unknown, infer W>
          ? F extends "user"
            ? string
            : W extends readonly []
              ? `${F}(${Join<A>})`
              : `${F}(${Join<A>}) FILTER (WHERE ${string})`
          : string;

/** Functions all of whose arguments are terms. */
type PlainFunction =
  | "upper"
  | "lower"
  | "length"
  | "trim"
  | "abs"
  | "floor"
  | "ceil"
  | "isNaN"
  | "coalesce"
  | "greatest"
  | "least"
  | "concat"
  | "startsWith"
  | "endsWith"
  | "contains"
  | "year"
  | "quarter"
  | "month"
  | "dayOfMonth"
  | "dayOfWeek"
  | "hour"
  | "minute"
  | "second"
  | "windowTime"
  | "size"
  | "toJson";

/** The same table as INFIX in operator-symbols.ts. */
interface Symbols {
  plus: "+";
  minus: "-";
  times: "*";
  dividedBy: "/";
  mod: "%";
  eq: "=";
  ne: "!=";
  lt: "<";
  le: "<=";
  gt: ">";
  ge: ">=";
  eqNullSafe: "<=>";
  and: "AND";
  or: "OR";
}

type InfixText<Symbol extends string, A> = A extends readonly [infer L, infer R]
  ? `(${TermText<L>} ${Symbol} ${TermText<R>})`
  : string;

type Join<A> = A extends readonly [infer Only]
  ? TermText<Only>
  : A extends readonly [infer Head, ...infer Rest]
    ? `${TermText<Head>}, ${Join<Rest>}`
    : "";

type LitText<V> = V extends string
  ? `'${V}'`
  : V extends number | bigint | boolean
    ? `${V}`
    : V extends null
      ? "NULL"
      : string;
