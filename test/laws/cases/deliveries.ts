import type { PlanNode, SourceDescription } from "../../../src/plan/plan-node.js";
import type { ScriptRow } from "../oracle/oracle.js";

/** Rows of one source and partition that come together. */
export interface RowsTogether {
  readonly source: number;
  readonly partition: string;
  readonly part: ScriptRow[];
}

export function deliveriesOf(rows: readonly ScriptRow[]): readonly RowsTogether[] {
  const found: RowsTogether[] = [];
  for (const row of rows) {
    const last = found.at(-1);
    if (last !== undefined && last.source === row.source && last.partition === row.partition) last.part.push(row);
    else found.push({ source: row.source, partition: row.partition, part: [row] });
  }
  return found;
}

/** The plan over other sources, from the left. */
export function overSources(plan: PlanNode, sources: readonly SourceDescription[]): PlanNode {
  let next = 0;
  const over = (node: PlanNode): PlanNode => {
    if (node.kind === "scan") return { kind: "scan", source: sources[next++] };
    if (node.kind === "union") return { ...node, inputs: node.inputs.map(over) };
    return { ...node, input: over(node.input) };
  };
  return over(plan);
}
