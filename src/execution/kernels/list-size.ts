import { allocateInt32 } from "../../columnar/buffers.js";
import { strictKernel } from "./kernel.js";
import { columnAs, noNulls } from "./lane-column.js";

/** size(list): its elements, NULLs included; NULL has no size. */
export const size = strictKernel(({ type }) => (input) => {
  const { offsets, length } = columnAs(input.column(0), "list");
  const values = allocateInt32(length);
  for (let row = 0; row < length; row++) values[row] = offsets[row + 1] - offsets[row];
  return { ...noNulls(type, length), layout: "int32", values };
});
