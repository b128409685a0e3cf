import { AnalysisError } from "../common/millrace-error.js";
import type { Expression, Generator } from "../expressions/expression.js";
import { expressionText } from "../expressions/format-expression.js";
import { outputName } from "../expressions/output-name.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Field } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import type { AnalysedNode } from "./analysed-node.js";
import { type Appended, appendWindow } from "./append-window.js";
import { expandStar } from "./expand-star.js";
import { withoutAlias } from "./expression-key.js";
import { dropSorts } from "./lift-order.js";
import { outputField, refuseDuplicates } from "./output-field.js";
import { resolveIn, type Scope } from "./resolve-expression.js";
import { columnAt } from "./rewrite-expression.js";
import { uniqueName } from "./unique-name.js";

/** select: a window and an explode become nodes of their own below the projection. */
export function analyseProject(input: AnalysedNode, columns: readonly Expression[]): AnalysedNode {
  const place = `select(${columns.map(expressionText).join(", ")})`;
  const scope: Scope = { schema: input.schema, place, starred: input.schema };
  const windowed = appendWindow(input, columns, scope);
  const { node, scope: full } = appendElement(windowed, columns);
  const fields: Field[] = [];
  const resolved: ResolvedExpression[] = [];
  for (const column of columns) {
    for (const { written, expression } of withoutStar(column, full)) {
      resolved.push(expression);
      fields.push(outputField(written, expression, place));
    }
  }
  refuseDuplicates(fields, place);
  return { kind: "project", input: node, columns: resolved, schema: { fields } };
}

/** The columns that a column of select stands for, each with what names it. */
function withoutStar(
  written: Expression,
  scope: Scope,
): readonly { readonly written: Expression; readonly expression: ResolvedExpression }[] {
  const schema = scope.starred ?? scope.schema;
  const starred = expandStar(written, { schema, resolve: (expression) => resolveIn(scope, expression) });
  if (starred === null) return [{ written, expression: resolveIn(scope, written) }];
  return starred.map(({ name, column }) => ({ written: { kind: "alias", input: written, name }, expression: column }));
}

/** Moves the one explode at the top of a column into a node of its own. */
function appendElement({ node: input, scope }: Appended, columns: readonly Expression[]): Appended {
  const generators = columns.filter((column) => withoutAlias(column).kind === "explode");
  if (generators.length === 0) return { node: input, scope };
  if (generators.length > 1) refuseSecondGenerator(generators, scope);
  const generator = withoutAlias(generators[0]) as Generator;
  const list = resolveIn(scope, generator.input);
  if (list.type.kind !== "list") {
    const what = `${expressionText(generator)} needs a list, but ${expressionText(generator.input)} is a ${formatType(list.type)}.`;
    throw new AnalysisError("TYPE_MISMATCH", what, { place: scope.place });
  }
  const { fields } = input.schema;
  const name = uniqueName(
    outputName(generators[0]),
    fields.map((field) => field.name),
  );
  const element: Field = { name, type: list.type.element, nullable: list.type.containsNull || generator.outer };
  const node: AnalysedNode = {
    kind: "explode",
    input: dropSorts(input),
    list,
    outer: generator.outer,
    schema: { fields: [...fields, element] },
  };
  const column = columnAt(node.schema.fields, fields.length);
  const bound = (expression: Expression): ResolvedExpression | null =>
    expression === generator ? column : (scope.bound?.(expression) ?? null);
  return { node, scope: { ...scope, bound } };
}

function refuseSecondGenerator(generators: readonly Expression[], { place }: Scope): never {
  const what = `${generators.map(expressionText).join(" and ")} stand in one select, which would pair every element with every other.`;
  throw new AnalysisError("GENERATOR_POSITION", what, {
    place,
    hint: "Explode one list, and the other in a second select.",
  });
}
