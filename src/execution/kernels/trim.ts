import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { oncePerEntry } from "./once-per-entry.js";
import { textView } from "./text-view.js";
import { TextWriter } from "./text-writer.js";
import type { VectorKernel } from "./vector-kernel.js";

const SPACE = 32;

/** trim(text): without the spaces (U+0020 only, as in Spark) at both ends. */
export const trimKernel: VectorKernel = oncePerEntry(({ args, expression, length, rows }) => {
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const { bytes, offsets, indices } = textView(args[0]);
  const writer = new TextWriter(length, 16 * rows.count);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const entry = indices === null ? row : indices[row];
    let from = offsets[entry];
    let to = offsets[entry + 1];
    while (from < to && bytes[from] === SPACE) from++;
    while (to > from && bytes[to - 1] === SPACE) to--;
    writer.append(bytes, from, to);
    writer.closeRow(row);
  }
  return writer.finish(expression.type, length, validity);
});
