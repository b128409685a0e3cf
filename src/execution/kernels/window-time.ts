import { allocateInt64, int32Halves } from "../../columnar/buffers.js";
import { nullColumn } from "../../columnar/null-column.js";
import { withNullsOf } from "./combine-nulls.js";
import { strictKernel } from "./kernel.js";
import { columnAs, noNulls } from "./lane-column.js";

/** The last microsecond of a window: its end less one. */
export const windowTime = strictKernel(({ type }) => (input) => {
  const [, end] = columnAs(input.column(0), "struct").children;
  if (end.layout === "null") return nullColumn(type, input.length);
  const out = allocateInt64(input.length);
  const from = int32Halves(columnAs(end, "int64").values);
  const to = int32Halves(out);
  for (let at = 0; at < 2 * input.length; at += 2) {
    const low = from[at];
    to[at] = low - 1;
    // Only a low half of 0 borrows.
    to[at + 1] = low === 0 ? from[at + 1] - 1 : from[at + 1];
  }
  return withNullsOf({ ...noNulls(type, input.length), layout: "int64", values: out }, end);
});
