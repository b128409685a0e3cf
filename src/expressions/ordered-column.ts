import type { Column } from "./column-expression.js";
import type { Expression } from "./expression.js";

declare const orderedTerm: unique symbol;

/** A column with a direction: what orderBy takes besides columns. */
export interface OrderedColumn<out E = unknown> {
  readonly [orderedTerm]?: E;
  readonly order: Direction;
  readonly expression: Expression;
}

export interface Direction {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export function ordered<E>(column: Column<E>, order: Direction): OrderedColumn<E> {
  return Object.freeze({ order: Object.freeze(order), expression: column.expression });
}
