import type { DataType } from "../types/data-type.js";

/**
 * What the compiler knows of a Column: a small expression over types, resolved against a frame's schema by the verb that
 * takes the column (type-of.ts). None of these exists at run time.
 */

/** A column by name; "window.start" is a member of a struct column. */
export interface Ref<N extends string> {
  readonly ref: N;
}

/** A constant as the user wrote it. */
export interface Lit<V> {
  readonly lit: V;
}

/** A type that is known without a schema. */
export interface Typed<T extends DataType> {
  readonly typed: T;
}

/** A function F of FunctionTypes over terms; X is what the function knows besides them (the type of a cast, a member's name). */
export interface Op<F extends string, A extends readonly unknown[], X = unknown> {
  readonly op: F;
  readonly args: A;
  readonly extra: X;
}

/** An aggregate function over terms, of rows for which all of W hold. */
export interface Agg<
  F extends string,
  A extends readonly unknown[],
  X = unknown,
  W extends readonly unknown[] = readonly [],
> {
  readonly aggregate: F;
  readonly args: A;
  readonly extra: X;
  readonly where: W;
}

/** A term with a name of its own. */
export interface Named<N extends string, E> {
  readonly named: N;
  readonly term: E;
}

/** CASE: conditions, and values with the one of `otherwise` among them; without one, the result may be NULL. */
export interface Case<W extends readonly unknown[], T extends readonly unknown[], Total extends boolean> {
  readonly whens: W;
  readonly thens: T;
  readonly total: Total;
}

/** Every column, in order. */
export interface Every {
  readonly every: true;
}
