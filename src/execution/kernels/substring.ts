import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { codePoints, skipCodePoints } from "./code-points.js";
import { int32Argument } from "./int32-argument.js";
import { oncePerEntry } from "./once-per-entry.js";
import { textView } from "./text-view.js";
import { TextWriter } from "./text-writer.js";
import type { VectorKernel } from "./vector-kernel.js";

const TO_THE_END = 0x7fffffff;

/**
 * substring(text, position, length?): positions count code points from 1, negative ones from the end, 0 is 1. As in Spark, a
 * start before the text uses up length: substring('abc', -5, 3) is 'a'.
 */
export const substringKernel: VectorKernel = oncePerEntry((call) => {
  const { args, expression, length, rows } = call;
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const { bytes, offsets, indices } = textView(args[0]);
  const positions = int32Argument(call, 1);
  const counts = int32Argument(call, 2, TO_THE_END);
  const writer = new TextWriter(length, 16 * rows.count);
  const range: [number, number] = [0, 0];
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const entry = indices === null ? row : indices[row];
    const from = offsets[entry];
    const to = offsets[entry + 1];
    const position = positions.values === null ? positions.constant : positions.values[row];
    const count = counts.values === null ? counts.constant : counts.values[row];
    const first = position > 0 ? position - 1 : position < 0 ? codePoints(bytes, from, to) + position : 0;
    const end = first + count;
    if (end > 0 && count > 0) {
      range[0] = from;
      range[1] = to;
      range[0] = skipCodePoints(bytes, range, first);
      writer.append(bytes, range[0], skipCodePoints(bytes, range, end - Math.max(0, first)));
    }
    writer.closeRow(row);
  }
  return writer.finish(expression.type, length, validity);
});
