import { allocateInt32 } from "../../columnar/buffers.js";
import type { ListColumn } from "../../columnar/column.js";
import { takeColumn } from "../../columnar/take.js";
import { type Int32Argument, int32Argument } from "./int32-argument.js";
import { type KernelInput, strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { RowFailure } from "./row-failure.js";

/** elementAt(list, position): positions from 1, negative ones from the end; any other fails (INVALID_ARRAY_INDEX). */
export const elementAt = strictKernel((call) => {
  const positions = int32Argument(call, 1);
  return (input) => {
    const lists = columnAs(input.column(0), "list");
    return takeColumn(lists.elements, elementRows(lists, positions(input), input), input.length);
  };
});

/** Which element each row takes; -1 for rows nobody asked for. */
function elementRows({ offsets }: ListColumn, positions: Int32Argument, { rows, length }: KernelInput): Int32Array {
  const indices = allocateInt32(length).fill(-1);
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    const position = positions.values === null ? positions.constant : positions.values[row];
    const size = offsets[row + 1] - offsets[row];
    if (position === 0 || position > size || -position > size) throw noSuchPosition(row, position, size);
    indices[row] = position > 0 ? offsets[row] + position - 1 : offsets[row + 1] + position;
  }
  return indices;
}

function noSuchPosition(row: number, position: number, size: number): RowFailure {
  const what =
    position === 0
      ? "position 0 is asked for, but positions of a list begin with 1"
      : `a list of ${size} elements has no position ${position}`;
  return new RowFailure(row, "INVALID_ARRAY_INDEX", { what, hint: "Compare the position with size(list) first." });
}
