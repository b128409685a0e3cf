import { nullColumn } from "../../columnar/null-column.js";
import { formatJsonColumn } from "../../formats/format-json-column.js";
import { parseJsonColumn } from "../../formats/parse-json-column.js";
import type { VectorKernel } from "./vector-kernel.js";

/** fromJson(text, type): NULL where the text is not such a value. */
export const fromJsonKernel: VectorKernel = ({ args, expression, length, rows }) => {
  const [column] = args;
  if (column.layout !== "bytes" && column.layout !== "dictionary") return nullColumn(expression.type, length);
  return parseJsonColumn(column, rows, expression.type);
};

/** toJson(value): one JSON text per row. */
export const toJsonKernel: VectorKernel = ({ args, expression, length, rows }) => {
  const [column] = args;
  return column.layout === "null" ? nullColumn(expression.type, length) : formatJsonColumn(column, rows);
};
