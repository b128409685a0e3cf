import type { AnalysedNode } from "./analysed-node.js";
import { rewritePlan } from "./map-inputs.js";
import { columnAt } from "./rewrite-expression.js";

/** A distinct whose rows are held back until they are final runs as an aggregate without aggregates, which can do that. */
export function distinctAsAggregate(root: AnalysedNode): AnalysedNode {
  return rewritePlan(root, (node) => {
    if (node.kind !== "dropDuplicates" || node.lifetime.emission !== "finals") return node;
    const { input, operatorId, operatorName, lifetime, schema } = node;
    const keys = schema.fields.map((_, i) => columnAt(input.schema.fields, i));
    return { kind: "aggregate", input, operatorId, operatorName, lifetime, schema, keys, aggregates: [] };
  });
}
