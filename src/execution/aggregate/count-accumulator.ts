import type { Column } from "../../columnar/column.js";
import type { Accumulator, FinishRange, UpdateStep } from "./accumulator.js";
import { INT64 } from "./result-types.js";
import { writeInt64 } from "./write-int64.js";

const NOTHING_TO_DO: UpdateStep = Object.freeze({ code: "", bindings: [] });

/** count(*) and count(x): what is present is the result; there is no state. Linear: (+) over weights. */
export class CountAccumulator implements Accumulator {
  readonly bytes = 0;
  readonly fields = [];

  grow(): void {}
  add(): void {}
  updateStep(): UpdateStep {
    return NOTHING_TO_DO;
  }
  clear(): void {}
  merge(): void {}
  load(): void {}

  save(): readonly Column[] {
    return [];
  }

  finish(range: FinishRange): Column {
    return countColumn(range.present, range.count);
  }
}

/** Whole numbers below 2^53 as an int64 column without NULLs. */
export function countColumn(counts: Float64Array, count: number): Column {
  const values = new BigInt64Array(count);
  const halves = new Int32Array(values.buffer);
  for (let i = 0; i < count; i++) writeInt64(halves, i, counts[i]);
  return { layout: "int64", type: INT64, length: count, nullCount: 0, validity: null, values };
}
