import { AnalysisError } from "../common/millrace-error.js";
import type { AnalysedNode } from "./analysed-node.js";
import { isStateful, mapInputs, type StatefulNode } from "./map-inputs.js";

interface Counters {
  source: number;
  watermark: number;
  operator: number;
  /** The user's names for sources and operators. */
  readonly names: Set<string>;
}

/**
 * Gives sources, watermarks and stateful operators their numbers, in plan order: bottom-up, left to right. Every
 * occurrence of a shared sub-plan becomes a node of its own, because each is read and kept by itself.
 */
export function numberPlan(root: AnalysedNode): AnalysedNode {
  return numberNode(root, { source: 0, watermark: 0, operator: 0, names: new Set() });
}

function numberNode(node: AnalysedNode, counters: Counters): AnalysedNode {
  if (node.kind === "scan") {
    takeName(node.source.name, counters);
    return { ...node, sourceIndex: counters.source++ };
  }
  const below = { ...mapInputs(node, (input) => numberNode(input, counters)) };
  // The source below a watermark is the newest one, since only linear operators stand between.
  if (below.kind === "watermark")
    return { ...below, watermarkId: counters.watermark++, sourceIndex: counters.source - 1 };
  if (!isStateful(below)) return below;
  takeName(below.name, counters);
  const operatorId = counters.operator++;
  return { ...below, operatorId, operatorName: `${operatorTitle(below)}#${operatorId}` };
}

function takeName(name: string | undefined, { names }: Counters): void {
  if (name === undefined) return;
  if (names.has(name)) {
    throw new AnalysisError("NAME_DUPLICATE", `Two sources or operators of the query have the name "${name}".`, {
      hint: "A frame that is used twice is read twice: give name(...) to each use, or to none.",
    });
  }
  names.add(name);
}

/** Kind and key names, as explain and progress print them. */
function operatorTitle(node: StatefulNode): string {
  switch (node.kind) {
    case "aggregate":
      return `aggregate(${namesOf(node, node.keys.length)})`;
    case "sessionAggregate":
      return `sessionAggregate(${namesOf(node, node.keys.length + 1)})`;
    case "dropDuplicates":
      return `dropDuplicates(${node.keys.map((key) => node.schema.fields[key].name).join(", ")})`;
    case "topN":
      return `topN(${node.count})`;
    case "limit":
      return `limit(${node.count})`;
  }
}

function namesOf({ schema }: StatefulNode, keys: number): string {
  return schema.fields
    .slice(0, keys)
    .map((field) => field.name)
    .join(", ");
}
