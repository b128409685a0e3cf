import { allocateInt32 } from "../../columnar/buffers.js";
import { nullColumn } from "../../columnar/null-column.js";
import { takeColumn } from "../../columnar/take.js";
import { argumentValidity } from "./argument-validity.js";
import { int32Argument } from "./int32-argument.js";
import type { VectorKernel } from "./vector-kernel.js";

/** elementAt(list, position): positions from 1, negative ones from the end; any other fails (INVALID_ARRAY_INDEX). */
export const elementAtKernel: VectorKernel = (call) => {
  const { args, expression, length, rows, fail } = call;
  const [column] = args;
  const validity = argumentValidity(args, length);
  if (validity === null || column.layout !== "list") return nullColumn(expression.type, length);
  const { offsets, elements } = column;
  const positions = int32Argument(call, 1);
  const valid = validity.validity;
  const indices = allocateInt32(length).fill(-1);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    if (valid !== null && valid[row] === 0) continue;
    const position = positions.values === null ? positions.constant : positions.values[row];
    const size = offsets[row + 1] - offsets[row];
    if (position === 0) fail("INVALID_ARRAY_INDEX", "Positions of a list begin with 1; 0 is none", row);
    if (position > size || -position > size)
      fail("INVALID_ARRAY_INDEX", `A list of ${size} elements has no position ${position}`, row);
    indices[row] = position > 0 ? offsets[row] + position - 1 : offsets[row + 1] + position;
  }
  return takeColumn(elements, indices, length);
};
