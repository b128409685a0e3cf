import { AnalysisError } from "../common/millrace-error.js";
import { type AnalysedNode, KEEP_FOR_EVER } from "./analysed-node.js";
import { analysisErrorAt } from "./analysis-error-at.js";
import { inferProperties } from "./infer-properties.js";
import { columnNotFound } from "./resolve-column.js";

/** dropDuplicates(columns), or distinct when they are null. */
export function analyseDropDuplicates(input: AnalysedNode, columns: readonly string[] | null): AnalysedNode {
  const place = columns === null ? "distinct()" : `dropDuplicates(${columns.join(", ")})`;
  const { fields } = input.schema;
  const names = columns ?? fields.map((field) => field.name);
  if (names.length === 0)
    throw new AnalysisError("NO_COLUMNS", "dropDuplicates needs at least one column.", {
      hint: "Leave the list out to compare all columns.",
    });
  const keys = names.map((name) => {
    const index = fields.findIndex((field) => field.name === name);
    return index >= 0 ? index : analysisErrorAt(place, () => columnNotFound(name, input.schema));
  });
  return {
    kind: "dropDuplicates",
    input,
    keys: [...new Set(keys)],
    byArrival: inferProperties(input).hasArrivalOrder,
    operatorId: 0,
    operatorName: "",
    lifetime: KEEP_FOR_EVER,
    schema: input.schema,
  };
}
