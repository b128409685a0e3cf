import type { Column } from "../../columnar/column.js";
import { codePoints, skipCodePoints } from "./code-points.js";
import { type Int32Argument, int32Argument } from "./int32-argument.js";
import { type KernelInput, strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { RowTexts } from "./row-texts.js";

const TO_THE_END = 0x7fffffff;

/**
 * substring(text, position, length?): positions count code points from 1, negative ones from the end, 0 is 1. As in Spark, a
 * start before the text uses up length: substring('abc', -5, 3) is 'a'.
 */
export const substring = strictKernel((call) => {
  const positions = int32Argument(call, 1);
  const counts = int32Argument(call, 2, TO_THE_END);
  return (input) => cutRows(input, positions(input), counts(input));
});

function cutRows(input: KernelInput, positions: Int32Argument, counts: Int32Argument): Column {
  const { bytes, offsets, type } = columnAs(input.column(0), "bytes");
  const { rows } = input;
  const out = new RowTexts(input.length, 16 * rows.count);
  const range: [number, number] = [0, 0];
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    const from = offsets[row];
    const to = offsets[row + 1];
    const position = positions.values === null ? positions.constant : positions.values[row];
    const count = counts.values === null ? counts.constant : counts.values[row];
    const first = position > 0 ? position - 1 : position < 0 ? codePoints(bytes, from, to) + position : 0;
    const end = first + count;
    out.start(row);
    if (end <= 0 || count <= 0) continue;
    range[0] = from;
    range[1] = to;
    range[0] = skipCodePoints(bytes, range, first);
    out.copy(bytes, range[0], skipCodePoints(bytes, range, end - Math.max(0, first)));
  }
  return out.finish(type);
}
