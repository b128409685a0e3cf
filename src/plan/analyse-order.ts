import { AnalysisError } from "../common/millrace-error.js";
import { expressionText } from "../expressions/format-expression.js";
import type { AnalysedNode } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import { firstColumns, liftOrder } from "./lift-order.js";
import type { SortOrder } from "./plan-node.js";
import { resolveIn } from "./resolve-expression.js";

export function analyseSort(input: AnalysedNode, orders: readonly SortOrder[]): AnalysedNode {
  const place = `orderBy(${orders.map(({ expression }) => expressionText(expression)).join(", ")})`;
  const resolved = orders.map((order) => ({
    ...order,
    expression: resolveIn({ schema: input.schema, place }, order.expression),
  }));
  return { kind: "sort", input, orders: resolved, schema: input.schema };
}

/** A limit of ordered rows is a top-N; a limit of unordered rows takes the first by arrival, or by all columns. */
export function analyseLimit(input: AnalysedNode, count: number): AnalysedNode {
  if (!Number.isInteger(count) || count < 0)
    throw new AnalysisError("LIMIT_COUNT", `limit needs a whole number of rows, 0 or more, not ${count}.`);
  const operator = { operatorId: 0, operatorName: "", count };
  const lifted = liftOrder(input);
  if (lifted === null) {
    const { hasArrivalOrder } = inferProperties(input);
    return { ...operator, kind: "limit", input, byArrival: hasArrivalOrder, schema: input.schema };
  }
  const { node, orders } = lifted;
  return firstColumns(
    { ...operator, kind: "topN", input: node, orders, schema: node.schema },
    input.schema.fields.length,
  );
}
