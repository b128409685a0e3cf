import { formatJsonColumn } from "../../formats/format-json-column.js";
import { parseJsonColumn } from "../../formats/parse-json-column.js";
import { strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";

/** fromJson(text, type): NULL where the text is not such a value. */
export const fromJson = strictKernel(({ type }) => (input) => {
  return parseJsonColumn(columnAs(input.column(0), "bytes"), input.rows, type);
});

/** toJson(value): one JSON text per row. */
export const toJson = strictKernel(() => (input) => formatJsonColumn(input.column(0), input.rows));
