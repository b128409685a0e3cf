import { allocateBytes } from "../../columnar/buffers.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { indexOfBytes, isBytesAt } from "./byte-search.js";
import { constantArgument } from "./constant-argument.js";
import { oncePerEntry } from "./once-per-entry.js";
import { textView } from "./text-view.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

type Test = (bytes: Uint8Array, range: readonly [number, number], needle: Uint8Array) => boolean;

export const startsWithKernel: VectorKernel = oncePerEntry((call) =>
  search(call, (bytes, [from, to], needle) => to - from >= needle.length && isBytesAt(bytes, from, needle)),
);
export const endsWithKernel: VectorKernel = oncePerEntry((call) =>
  search(call, (bytes, [from, to], needle) => to - from >= needle.length && isBytesAt(bytes, to - needle.length, needle)),
);
export const containsKernel: VectorKernel = oncePerEntry((call) =>
  search(call, (bytes, range, needle) => indexOfBytes(bytes, range, needle) >= 0),
);

function search({ args, expression, length, rows }: VectorCall, test: Test): ReturnType<VectorKernel> {
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  const { bytes, offsets, indices } = textView(args[0]);
  const constant = constantArgument(expression, 1);
  const needles = typeof constant === "string" ? null : textView(args[1]);
  let needle: Uint8Array = new TextEncoder().encode(typeof constant === "string" ? constant : "");
  const values = allocateBytes(length);
  const range: [number, number] = [0, 0];
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const entry = indices === null ? row : indices[row];
    range[0] = offsets[entry];
    range[1] = offsets[entry + 1];
    if (needles !== null) {
      const other = needles.indices === null ? row : needles.indices[row];
      needle = needles.bytes.subarray(needles.offsets[other], needles.offsets[other + 1]);
    }
    values[row] = test(bytes, range, needle) ? 1 : 0;
  }
  return { layout: "bool", type: expression.type, length, ...validity, values };
}
