import type { AnalysedNode } from "./analysed-node.js";
import { rewritePlan } from "./map-inputs.js";
import { mergeProjects } from "./merge-projects.js";
import { settleFilter } from "./move-filters.js";
import { type PruneOptions, pruneColumns } from "./prune-columns.js";

/**
 * Rewrites that keep every result, every late row and every operator's identity. Nothing moves below a watermark or a
 * late filter, and no expression that can fail is evaluated for more rows than the user's filters let through.
 */
export function optimise(root: AnalysedNode, options: PruneOptions = {}): AnalysedNode {
  return tidy(pruneColumns(tidy(root), options));
}

function tidy(root: AnalysedNode): AnalysedNode {
  return rewritePlan(root, (node) => mergeProjects(settleFilter(node)));
}
