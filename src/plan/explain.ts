import type { AnalysedNode } from "./analysed-node.js";
import { boundText } from "./bound-text.js";
import { inferProperties } from "./infer-properties.js";
import { inputsOf, isStateful } from "./map-inputs.js";
import { nodeText, orderText } from "./node-text.js";
import { pathText } from "./path-text.js";
import { planBatch } from "./plan-batch.js";
import type { PlanNode } from "./plan-node.js";
import { type EdgeProperties, isInsertOnly } from "./properties.js";
import { stateClass } from "./state-class.js";
import type { StreamingPlan } from "./streaming-plan.js";

/** What a batch run of a plan does, as a tree: inputs stand below. */
export function explainBatch(plan: PlanNode): string {
  const { root, output } = planBatch(plan);
  return `${[...orderLines(output.orders.map(orderText)), ...treeLines(root, () => [])].join("\n")}\n`;
}

/** What a stream does: per edge what can cross it, its keys, bounds and when rows are final; per operator how its state grows. */
export function explainStream(plan: StreamingPlan): string {
  const { root, mode, output } = plan;
  const key = output.key === null ? "no key" : `key (${output.key.map((i) => root.schema.fields[i].name).join(", ")})`;
  const hidden = root.schema.fields.slice(output.visibleCount).map((field) => field.name);
  const head = `output mode ${mode}, ${key}${hidden.length > 0 ? `, hidden (${hidden.join(", ")})` : ""}${output.deletes ? ", can delete" : ""}`;
  return `${[head, ...orderLines(output.orders.map(orderText)), ...treeLines(root, streamDetails)].join("\n")}\n`;
}

function orderLines(orders: readonly string[]): readonly string[] {
  return orders.length === 0 ? [] : [`order by ${orders.join(", ")}`];
}

function treeLines(node: AnalysedNode, details: (node: AnalysedNode) => readonly string[]): readonly string[] {
  const inputs = inputsOf(node);
  const own = [nodeText(node), ...details(node).map((line) => `${inputs.length > 0 ? "|" : " "}    ${line}`)];
  const below = inputs.flatMap((input, i) => indent(treeLines(input, details), i === inputs.length - 1));
  return [...own, ...below];
}

function indent(lines: readonly string[], isLast: boolean): readonly string[] {
  return lines.map((line, i) => (i === 0 ? `+- ${line}` : `${isLast ? "   " : "|  "}${line}`));
}

function streamDetails(node: AnalysedNode): readonly string[] {
  const properties = inferProperties(node);
  const edge = `sends ${kindsText(properties)}; ${keysText(properties, node)}; ${boundsText(properties, node)}; ${finalityText(properties, node)}`;
  return isStateful(node) ? [edge, `state ${stateClass(node)}`] : [edge];
}

function kindsText({ kinds }: EdgeProperties): string {
  return ["inserts", ...(kinds.update ? ["updates"] : []), ...(kinds.delete ? ["deletes"] : [])].join(", ");
}

function keysText({ keys }: EdgeProperties, { schema }: AnalysedNode): string {
  if (keys.length === 0) return "no key";
  return keys
    .map((key) => (key.length === 0 ? "at most one row" : `key (${key.map((i) => schema.fields[i].name).join(", ")})`))
    .join(" or ");
}

function boundsText({ bounds }: EdgeProperties, { schema }: AnalysedNode): string {
  if (bounds.size === 0) return "no bound";
  return [...bounds].map(([path, bound]) => `${pathText(path, schema)} >= ${boundText(bound)}`).join(", ");
}

function finalityText(properties: EdgeProperties, { schema }: AnalysedNode): string {
  if (isInsertOnly(properties)) return "final at once";
  if (properties.bounds.size === 0) return "never final";
  const paths = [...properties.bounds.keys()].filter(
    (path) => !(path.endsWith(".0") && properties.windows.has(Number.parseInt(path, 10))),
  );
  return `final below ${paths.map((path) => pathText(path, schema)).join(" or ")}`;
}
