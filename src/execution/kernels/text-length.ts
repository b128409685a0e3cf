import { allocateInt32 } from "../../columnar/buffers.js";
import { codePoints } from "./code-points.js";
import { strictKernel } from "./kernel.js";
import { columnAs, noNulls } from "./lane-column.js";

/** length(text): code points. */
export const length = strictKernel(({ type }) => (input) => {
  const { bytes, offsets } = columnAs(input.column(0), "bytes");
  const { rows } = input;
  const values = allocateInt32(input.length);
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    values[row] = codePoints(bytes, offsets[row], offsets[row + 1]);
  }
  return { ...noNulls(type, input.length), layout: "int32", values };
});
