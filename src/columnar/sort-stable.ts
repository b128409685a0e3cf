import { allocateInt32 } from "./buffers.js";

/** Runs of this length are sorted by insertion before merging. */
const RUN = 8;

type Compare = (i: number, j: number) => number;

/** Sorts in place by a bottom-up merge sort, stable; returns the same array. Cheap where the input is sorted already. */
export function sortStable(rows: Int32Array, compare: Compare): Int32Array {
  const count = rows.length;
  for (let from = 0; from < count; from += RUN) insertionSort(rows.subarray(from, from + RUN), compare);
  let source = rows;
  let target = count > RUN ? allocateInt32(count) : rows;
  for (let width = RUN; width < count; width *= 2) {
    mergePairs(source, target, { width, compare });
    [source, target] = [target, source];
  }
  if (source !== rows) rows.set(source);
  return rows;
}

function insertionSort(rows: Int32Array, compare: Compare): void {
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i];
    let at = i;
    while (at > 0 && compare(rows[at - 1], row) > 0) {
      rows[at] = rows[at - 1];
      at--;
    }
    rows[at] = row;
  }
}

/** Merges sorted runs of `width` rows, two by two, from `source` into `target`. */
function mergePairs(source: Int32Array, target: Int32Array, run: { width: number; compare: Compare }): void {
  const { width, compare } = run;
  const count = source.length;
  for (let from = 0; from < count; from += 2 * width) {
    const middle = Math.min(count, from + width);
    const to = Math.min(count, from + 2 * width);
    if (middle >= to || compare(source[middle - 1], source[middle]) <= 0) {
      target.set(source.subarray(from, to), from);
      continue;
    }
    let left = from;
    let right = middle;
    for (let at = from; at < to; at++) {
      const takeLeft = left < middle && (right >= to || compare(source[left], source[right]) <= 0);
      target[at] = takeLeft ? source[left++] : source[right++];
    }
  }
}
