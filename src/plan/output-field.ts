import { AnalysisError } from "../common/millrace-error.js";
import type { Expression } from "../expressions/expression.js";
import { expressionText } from "../expressions/format-expression.js";
import { outputName } from "../expressions/output-name.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Field } from "../types/data-type.js";

/** The field an output column gets: the user's name, else Spark's; a struct path is called by its last member. */
export function outputField(expression: Expression, resolved: ResolvedExpression, place: string): Field {
  if (resolved.type.kind === "null") {
    const what = `The column ${expressionText(expression)} is NULL in every row and has no type.`;
    throw new AnalysisError("TYPE_MISMATCH", what, { place, hint: "Cast it, for example lit(null).cast(utf8())." });
  }
  return { name: nameOf(expression, resolved), type: resolved.type, nullable: resolved.nullable };
}

function nameOf(expression: Expression, resolved: ResolvedExpression): string {
  if (expression.kind === "column" && (resolved.kind === "column" || resolved.kind === "field")) return resolved.name;
  return outputName(expression);
}

/** Column names are unique and case sensitive. */
export function refuseDuplicates(fields: readonly Field[], place: string): void {
  const names = fields.map((field) => field.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new AnalysisError("COLUMN_DUPLICATE", `Two columns are called "${twice}".`, {
    place,
    hint: "Give one of them another name with .as(name), or drop it.",
  });
}
