import type { Target } from "./binary-columns.js";

// Two loops per lane make all six comparisons: `flip` is 1 for the negated one, and > is < with its sides changed.
// The order is total: NaN is equal to itself and greater than every other number, -0 equals 0.

/** A comparison as one of the two loops. */
export interface ComparisonLoops<A> {
  equal(a: A, b: A, to: TestTarget): void;
  less(a: A, b: A, to: TestTarget): void;
}

export interface TestTarget extends Target<Uint8Array> {
  /** 1 writes the opposite. */
  readonly flip: number;
}

export const BOOL_LOOPS: ComparisonLoops<Uint8Array> = {
  equal(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      out[i] = (a[i] === b[i] ? 1 : 0) ^ flip;
    }
  },
  less(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      out[i] = (a[i] < b[i] ? 1 : 0) ^ flip;
    }
  },
};

export const INT32_LOOPS: ComparisonLoops<Int32Array> = {
  equal(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      out[i] = (a[i] === b[i] ? 1 : 0) ^ flip;
    }
  },
  less(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      out[i] = (a[i] < b[i] ? 1 : 0) ^ flip;
    }
  },
};

export const INT64_LOOPS: ComparisonLoops<BigInt64Array> = {
  equal(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      out[i] = (a[i] === b[i] ? 1 : 0) ^ flip;
    }
  },
  less(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      out[i] = (a[i] < b[i] ? 1 : 0) ^ flip;
    }
  },
};

export const FLOAT64_LOOPS: ComparisonLoops<Float64Array> = {
  equal(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      const x = a[i];
      const y = b[i];
      out[i] = (x === y || (Number.isNaN(x) && Number.isNaN(y)) ? 1 : 0) ^ flip;
    }
  },
  less(a, b, { out, flip, rows: { sel, count } }) {
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      const x = a[i];
      const y = b[i];
      out[i] = (x < y || (Number.isNaN(y) && !Number.isNaN(x)) ? 1 : 0) ^ flip;
    }
  },
};
