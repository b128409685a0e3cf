import { AnalysisError } from "../common/millrace-error.js";
import type { AnalysedNode } from "./analysed-node.js";
import { isStateful, mapInputs } from "./map-inputs.js";
import type { PlanNode, SourceDescription } from "./plan-node.js";

const SHAPE = /^[A-Za-z0-9_-]{1,64}$/;
/** Unnamed sources and operators are known by their numbers, and what a sink is sent by this word. */
const TAKEN = /^(\d+|output)$/;

/**
 * Names are kept in a checkpoint, also as names of files.
 * @throws AnalysisError NAME_INVALID
 */
export function requireName(name: string): string {
  if (typeof name === "string" && SHAPE.test(name) && !TAKEN.test(name)) return name;
  throw new AnalysisError("NAME_INVALID", `"${String(name)}" cannot be the name of a source or an operator.`, {
    hint: 'Use 1 to 64 letters, digits, "_" and "-", not digits alone, and not "output".',
  });
}

/**
 * The plan with a name for what stands at its top: a source, or an operator that keeps state.
 * @throws AnalysisError NAME_INVALID, NAME_MISPLACED
 */
export function namePlan(plan: PlanNode, name: string): PlanNode {
  requireName(name);
  switch (plan.kind) {
    case "scan":
      return { ...plan, source: nameSource(plan.source, name) };
    case "aggregate":
    case "dropDuplicates":
    case "limit":
      return { ...plan, name };
    default:
      throw misplaced(plan, name);
  }
}

export function nameSource<D extends Omit<SourceDescription, "id">>(source: D, name: string): D {
  return { ...source, name };
}

const WORDS = {
  project: "select, withColumn and drop keep",
  filter: "filter keeps",
  watermark: "withWatermark keeps",
  sort: "orderBy alone keeps",
  union: "union keeps",
} as const;

function misplaced(plan: Extract<PlanNode, { kind: keyof typeof WORDS }>, name: string): AnalysisError {
  const what = `name("${name}") stands on nothing that is kept between triggers: ${WORDS[plan.kind]} no state.`;
  return new AnalysisError("NAME_MISPLACED", what, {
    hint: "Call name right after what it names: a reader, agg, dropDuplicates, distinct, or limit (also after orderBy).",
  });
}

/** The operator that a verb became stands at the top of its nodes, below projections only. */
export function nameOperator(node: AnalysedNode, name: string | undefined): AnalysedNode {
  if (name === undefined) return node;
  return isStateful(node) ? { ...node, name } : mapInputs(node, (input) => nameOperator(input, name));
}
