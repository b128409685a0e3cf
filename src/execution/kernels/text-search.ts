import { allocateBytes } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import type { Target } from "./binary-columns.js";
import { indexOfBytes, isBytesAt } from "./byte-search.js";
import { constantBytes } from "./constant-argument.js";
import { type Kernel, type KernelCall, strictKernel } from "./kernel.js";
import { boolColumn, columnAs } from "./lane-column.js";

type Test = (bytes: Uint8Array, range: readonly [number, number], needle: Uint8Array) => boolean;

export const startsWith = search((bytes, [from, to], needle) => {
  return to - from >= needle.length && isBytesAt(bytes, from, needle);
});

export const endsWith = search((bytes, [from, to], needle) => {
  return to - from >= needle.length && isBytesAt(bytes, to - needle.length, needle);
});

export const contains = search((bytes, range, needle) => indexOfBytes(bytes, range, needle) >= 0);

function search(test: Test): Kernel {
  return strictKernel(({ constants }: KernelCall) => {
    const needle = constants[1] === null ? null : constantBytes(constants[1]);
    return (input) => {
      const out = allocateBytes(input.length);
      const texts = columnAs(input.column(0), "bytes");
      if (needle !== null) findConstant(texts, { needle, test }, { out, rows: input.rows });
      else findTexts([texts, columnAs(input.column(1), "bytes")], test, { out, rows: input.rows });
      return boolColumn(out, input.length);
    };
  });
}

function findConstant(
  { bytes, offsets }: BytesColumn,
  { needle, test }: { readonly needle: Uint8Array; readonly test: Test },
  { out, rows: { sel, count } }: Target<Uint8Array>,
): void {
  const range: [number, number] = [0, 0];
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    range[0] = offsets[row];
    range[1] = offsets[row + 1];
    out[row] = test(bytes, range, needle) ? 1 : 0;
  }
}

function findTexts(
  [texts, needles]: readonly [BytesColumn, BytesColumn],
  test: Test,
  { out, rows: { sel, count } }: Target<Uint8Array>,
): void {
  const range: [number, number] = [0, 0];
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    range[0] = texts.offsets[row];
    range[1] = texts.offsets[row + 1];
    const needle = needles.bytes.subarray(needles.offsets[row], needles.offsets[row + 1]);
    out[row] = test(texts.bytes, range, needle) ? 1 : 0;
  }
}
