import type { Expression } from "../expressions/expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Schema } from "../types/data-type.js";
import { memberOf } from "./resolve-column.js";
import { columnAt } from "./rewrite-expression.js";

/** One of the columns that a star stands for. */
export interface StarredColumn {
  readonly name: string;
  readonly column: ResolvedExpression;
}

export interface StarScope {
  /** The columns that "*" stands for. */
  readonly schema: Schema;
  readonly resolve: (expression: Expression) => ResolvedExpression;
}

/** "*": every column; "s.*": the members of a struct. Null for what is no star, and for a member of that very name. */
export function expandStar(expression: Expression, { schema, resolve }: StarScope): readonly StarredColumn[] | null {
  if (expression.kind === "star") {
    return schema.fields.map(({ name }, index) => ({ name, column: columnAt(schema.fields, index) }));
  }
  if (expression.kind !== "field" || expression.name !== "*") return null;
  const input = resolve(expression.input);
  const { type } = input;
  if (type.kind !== "struct" || type.fields.some(({ name }) => name === "*")) return null;
  return type.fields.map(({ name }) => ({ name, column: memberOf(input, name) }));
}
