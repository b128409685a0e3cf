import type { Column } from "../../columnar/column.js";
import { valueText } from "../../formats/value-text.js";

const MOST_SHOWN = 60;

/** A value for the text of an error: text in quotes, and of a long one its beginning. */
export function shownValue(column: Column, row: number): string {
  const text = valueText(column, row);
  const shown = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text;
  return column.type.kind === "utf8" ? `'${shown}'` : shown;
}
