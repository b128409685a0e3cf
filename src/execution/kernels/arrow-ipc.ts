import { formatArrowColumn } from "../../formats/format-arrow-column.js";
import { parseArrowColumn } from "../../formats/parse-arrow-column.js";
import { strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";

/** fromArrowIpc(bytes, type): NULL where the bytes are no stream of such rows. */
export const fromArrowIpc = strictKernel(({ type }) => (input) => {
  if (type.kind !== "list") throw new Error(`Broken invariant: rows of Arrow are a list, not a ${type.kind}`);
  return parseArrowColumn(columnAs(input.column(0), "bytes"), input.rows, type);
});

/** toArrowIpc(value): one stream per row. */
export const toArrowIpc = strictKernel(() => (input) => formatArrowColumn(input.column(0), input.rows));
