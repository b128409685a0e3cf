import type { Column } from "../../columnar/column.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";

/** A dictionary column as plain text, any other column as it is (kernels meet no dictionaries; compareAt and take do). */
export function withoutDictionary(column: Column): Column {
  return column.layout === "dictionary" ? plainColumn(column) : column;
}
