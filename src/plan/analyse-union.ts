import { AnalysisError } from "../common/millrace-error.js";
import { commonTypeOf } from "../expressions/widen-types.js";
import type { Field } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { sameType } from "../types/same-type.js";
import type { AnalysedNode } from "./analysed-node.js";
import { coerce } from "./coerce.js";
import { columnAt } from "./rewrite-expression.js";

/** union: by position, named as the first input, each column in the narrowest type that holds all. */
export function analyseUnion(inputs: readonly AnalysedNode[]): AnalysedNode {
  const [first] = inputs;
  const other = inputs.find(({ schema }) => schema.fields.length !== first.schema.fields.length);
  if (other !== undefined) {
    const what = `union of ${first.schema.fields.length} and ${other.schema.fields.length} columns.`;
    throw new AnalysisError("UNION_COLUMNS", what, {
      place: "union",
      hint: "Select the same number of columns on every side.",
    });
  }
  const fields = first.schema.fields.map((_, i) => widenField(inputs, i));
  return { kind: "union", inputs: inputs.map((input) => conform(input, fields)), schema: { fields } };
}

function widenField(inputs: readonly AnalysedNode[], index: number): Field {
  const sides = inputs.map(({ schema }) => schema.fields[index]);
  const type = commonTypeOf(sides.map((side) => side.type));
  const { name } = sides[0];
  if (type === null) {
    const types = sides.map((side) => formatType(side.type)).join(" and ");
    throw new AnalysisError(
      "TYPE_MISMATCH",
      `Column ${index + 1} ("${name}") of the union is ${types}, which have no common type.`,
      {
        place: "union",
        hint: "Cast one side.",
      },
    );
  }
  return { name, type, nullable: sides.some((side) => side.nullable) };
}

/** Casts and renames one side, where it differs. */
function conform(input: AnalysedNode, fields: readonly Field[]): AnalysedNode {
  const own = input.schema.fields;
  if (own.every((field, i) => field.name === fields[i].name && sameType(field.type, fields[i].type))) return input;
  const columns = fields.map((field, i) => coerce(columnAt(own, i), field.type));
  return {
    kind: "project",
    input,
    columns,
    schema: { fields: fields.map((field, i) => ({ ...field, nullable: own[i].nullable })) },
  };
}
