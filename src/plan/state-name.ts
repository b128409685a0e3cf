import type { StatefulNode } from "./map-inputs.js";
import type { SourceDescription } from "./plan-node.js";

/** Operators are known by name, else by their number in the analysed plan, so that an optimiser that improves loses no state. */
export function stateName({ name, operatorId }: Pick<StatefulNode, "name" | "operatorId">): string {
  return name ?? String(operatorId);
}

/** What the records of a checkpoint call a source: its name, else its number in the analysed plan. */
export function sourceName({ name }: Pick<SourceDescription, "name">, sourceIndex: number): string {
  return name ?? String(sourceIndex);
}
