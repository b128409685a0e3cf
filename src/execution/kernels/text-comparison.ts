import { allocateBytes } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import { compareBytes } from "../../columnar/compare-bytes.js";
import type { TestTarget } from "./comparison-loops.js";
import { constantBytes } from "./constant-argument.js";
import type { ColumnFunction, Constant, KernelCall } from "./kernel.js";
import { boolColumn, columnAs } from "./lane-column.js";

/** Which outcomes of a comparison (negative, 0, positive) are TRUE. */
export interface OrderTest {
  readonly less: boolean;
  readonly equal: boolean;
  readonly greater: boolean;
}

/** Text and binary, by bytes: for UTF-8 that is the order of code points. */
export function compareTexts({ constants }: KernelCall, test: OrderTest): ColumnFunction {
  const [left, right] = constants;
  const isEquality = test.less === test.greater;
  if (isEquality && right !== null && right.value !== null)
    return equalToConstant(right, { column: 0, flip: test.equal ? 0 : 1 });
  if (isEquality && left !== null && left.value !== null)
    return equalToConstant(left, { column: 1, flip: test.equal ? 0 : 1 });
  return (input) => {
    const out = allocateBytes(input.length);
    const outcomes = Uint8Array.of(test.less ? 1 : 0, test.equal ? 1 : 0, test.greater ? 1 : 0);
    orderTexts(columnAs(input.column(0), "bytes"), columnAs(input.column(1), "bytes"), {
      out,
      rows: input.rows,
      outcomes,
    });
    return boolColumn(out, input.length);
  };
}

function orderTexts(
  a: BytesColumn,
  b: BytesColumn,
  { out, outcomes, rows: { sel, count } }: Omit<TestTarget, "flip"> & { readonly outcomes: Uint8Array },
): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const order = compareBytes(a.bytes, a.offsets[i], a.offsets[i + 1], b.bytes, b.offsets[i], b.offsets[i + 1]);
    out[i] = outcomes[order < 0 ? 0 : order === 0 ? 1 : 2];
  }
}

function equalToConstant(constant: Constant, how: { readonly column: number; readonly flip: number }): ColumnFunction {
  const wanted = constantBytes(constant);
  return (input) => {
    const out = allocateBytes(input.length);
    matchTexts(columnAs(input.column(how.column), "bytes"), wanted, { out, rows: input.rows, flip: how.flip });
    return boolColumn(out, input.length);
  };
}

/** Most texts differ in length or in their last byte. */
function matchTexts(
  { offsets, bytes }: BytesColumn,
  wanted: Uint8Array,
  { out, flip, rows: { sel, count } }: TestTarget,
): void {
  const size = wanted.length;
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const from = offsets[i];
    let k = offsets[i + 1] - from === size ? size : -1;
    while (k > 0 && bytes[from + k - 1] === wanted[k - 1]) k--;
    out[i] = (k === 0 ? 1 : 0) ^ flip;
  }
}
