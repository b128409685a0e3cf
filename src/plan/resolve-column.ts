import { nearestName } from "../common/check-options.js";
import { AnalysisError } from "../common/millrace-error.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { Schema, StructType } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { columnAt } from "./rewrite-expression.js";

/** A column by name: the column of exactly that name, else `column.member.member`, the longest column name first. */
export function resolveColumn(name: string, schema: Schema): ResolvedExpression {
  const parts = name.split(".");
  for (let used = parts.length; used > 0; used--) {
    const index = columnIndex(parts.slice(0, used).join("."), schema);
    if (index >= 0) return parts.slice(used).reduce(memberOf, columnAt(schema.fields, index));
  }
  return columnNotFound(name, schema);
}

function columnIndex(name: string, { fields }: Schema): number {
  const index = fields.findIndex((field) => field.name === name);
  if (index >= 0 && fields.some((field, i) => i > index && field.name === name)) {
    throw new AnalysisError("AMBIGUOUS", `There is more than one column "${name}".`, {
      hint: "Rename one of them with .as(name).",
    });
  }
  return index;
}

export function columnNotFound(name: string, { fields }: Schema): never {
  const names = fields.map((field) => field.name);
  const nearest = nearestName(name, names);
  const hint =
    nearest === null
      ? `The columns are ${names.join(", ")}.`
      : `Did you mean "${nearest}"? The columns are ${names.join(", ")}.`;
  throw new AnalysisError("COLUMN_NOT_FOUND", `There is no column "${name}".`, { hint });
}

/** A member of a struct. NULL where the struct is. */
export function memberOf(input: ResolvedExpression, name: string): ResolvedExpression {
  const { type } = input;
  if (type.kind !== "struct") {
    const what = `".${name}" asks for a member of a ${formatType(type)}, which has none.`;
    throw new AnalysisError("TYPE_MISMATCH", what, { hint: "Only structs have members." });
  }
  const index = memberIndex(type, name);
  const field = type.fields[index];
  if (input.kind === "call" && input.name === "struct") return input.args[2 * index + 1];
  return { kind: "field", input, index, name, type: field.type, nullable: input.nullable || field.nullable };
}

function memberIndex({ fields }: StructType, name: string): number {
  const found = fields.flatMap((field, i) => (field.name === name ? [i] : []));
  if (found.length > 1)
    throw new AnalysisError("AMBIGUOUS", `The struct has more than one member "${name}".`, {
      hint: "Select the members by building a new struct.",
    });
  if (found.length === 1) return found[0];
  if (name === "*") {
    throw new AnalysisError(
      "STAR_POSITION",
      '".*" stands for several columns, so it cannot be part of an expression.',
      {
        hint: "Use it alone in select, or in struct(...).",
      },
    );
  }
  const names = fields.map((field) => field.name);
  const nearest = nearestName(name, names);
  const hint = nearest === null ? `The members are ${names.join(", ")}.` : `Did you mean "${nearest}"?`;
  throw new AnalysisError("COLUMN_NOT_FOUND", `The struct has no member "${name}".`, { hint });
}
