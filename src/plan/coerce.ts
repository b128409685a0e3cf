import { AnalysisError } from "../common/millrace-error.js";
import { expressionText } from "../expressions/format-expression.js";
import type { ResolvedExpression } from "../expressions/resolved-expression.js";
import type { DataType } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { sameType } from "../types/same-type.js";
import { canCast } from "./can-cast.js";

/** Writes out an implicit cast. Constants are converted on the spot where that loses nothing. */
export function coerce(expression: ResolvedExpression, type: DataType): ResolvedExpression {
  if (sameType(expression.type, type)) return expression;
  if (expression.kind === "literal") {
    const constant = convertConstant(expression, type);
    if (constant !== null) return constant;
  }
  if (!canCast(expression.type, type)) refuseCast(expression, type);
  return { kind: "cast", input: expression, type, safe: false, nullable: expression.nullable };
}

function convertConstant(
  { value, type: from }: Extract<ResolvedExpression, { kind: "literal" }>,
  type: DataType,
): ResolvedExpression | null {
  if (value === null) return { kind: "literal", type, value: null, nullable: true };
  if (from.kind === "int32" && type.kind === "float64") return { kind: "literal", type, value, nullable: false };
  if (from.kind === "int32" && type.kind === "int64" && typeof value === "number")
    return { kind: "literal", type, value: BigInt(value), nullable: false };
  return null;
}

export function refuseCast(expression: ResolvedExpression, type: DataType): never {
  throw new AnalysisError(
    "TYPE_MISMATCH",
    `${expressionText(expression)} is a ${formatType(expression.type)}, which cannot become a ${formatType(type)}.`,
  );
}
