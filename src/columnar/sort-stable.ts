import { allocateInt32 } from "./buffers.js";

/** Runs of this length are sorted by insertion before merging. */
const RUN = 8;

/** Sorts in place by a bottom-up merge sort, stable; returns the same array. Cheap where the input is sorted already. */
export function sortStable(rows: Int32Array, compare: (i: number, j: number) => number): Int32Array {
  const count = rows.length;
  for (let from = 0; from < count; from += RUN) insertionSort(rows, from, Math.min(count, from + RUN), compare);
  let source = rows;
  let target = count > RUN ? allocateInt32(count) : rows;
  for (let width = RUN; width < count; width *= 2) {
    for (let from = 0; from < count; from += 2 * width) {
      merge(source, target, { from, middle: Math.min(count, from + width), to: Math.min(count, from + 2 * width) }, compare);
    }
    [source, target] = [target, source];
  }
  if (source !== rows) rows.set(source);
  return rows;
}

function insertionSort(rows: Int32Array, from: number, to: number, compare: (i: number, j: number) => number): void {
  for (let i = from + 1; i < to; i++) {
    const row = rows[i];
    let at = i;
    while (at > from && compare(rows[at - 1], row) > 0) {
      rows[at] = rows[at - 1];
      at--;
    }
    rows[at] = row;
  }
}

interface Halves {
  readonly from: number;
  readonly middle: number;
  readonly to: number;
}

function merge(source: Int32Array, target: Int32Array, halves: Halves, compare: (i: number, j: number) => number): void {
  const { from, middle, to } = halves;
  if (middle >= to || compare(source[middle - 1], source[middle]) <= 0) {
    target.set(source.subarray(from, to), from);
    return;
  }
  let left = from;
  let right = middle;
  for (let at = from; at < to; at++) {
    const takeLeft = left < middle && (right >= to || compare(source[left], source[right]) <= 0);
    target[at] = takeLeft ? source[left++] : source[right++];
  }
}
