import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import type { AnalysedDropDuplicates } from "../../plan/analysed-node.js";

/** Key columns at the places they have in a row, the others NULL: bounds are read at the keys' places only. */
export function placedKeys(
  { keys, schema }: AnalysedDropDuplicates,
  columns: readonly Column[],
  count: number,
): Column[] {
  const row: Column[] = schema.fields.map(({ type }) => nullColumn(type, count));
  for (const [i, key] of keys.entries()) row[key] = columns[i];
  return row;
}
