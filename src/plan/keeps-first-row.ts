import type { AnalysedDropDuplicates } from "./analysed-node.js";
import { type EdgeProperties, isInsertOnly } from "./properties.js";

/**
 * Whether dropDuplicates never replaces a row that it has kept: the first by arrival stays. By all columns a smaller row
 * may come later, unless the compared columns are the whole row, or tell all rows apart.
 */
export function keepsFirstRow({ keys, byArrival, schema }: AnalysedDropDuplicates, input: EdgeProperties): boolean {
  if (keys.length === schema.fields.length) return true;
  if (!isInsertOnly(input)) return false;
  return byArrival || input.keys.some((key) => key.every((column) => keys.includes(column)));
}
