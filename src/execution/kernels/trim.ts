import { strictKernel } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { RowTexts } from "./row-texts.js";

const SPACE = 32;

/** trim(text): without the spaces (U+0020 only, as in Spark) at both ends. */
export const trim = strictKernel(({ type }) => (input) => {
  const { bytes, offsets } = columnAs(input.column(0), "bytes");
  const { rows } = input;
  const out = new RowTexts(input.length, 16 * rows.count);
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    let from = offsets[row];
    let to = offsets[row + 1];
    while (from < to && bytes[from] === SPACE) from++;
    while (to > from && bytes[to - 1] === SPACE) to--;
    out.start(row);
    out.copy(bytes, from, to);
  }
  return out.finish(type);
});
