import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { compareAt } from "../../columnar/compare.js";
import { BOOL_LOOPS, type ComparisonLoops, FLOAT64_LOOPS, INT32_LOOPS, INT64_LOOPS } from "./comparison-loops.js";
import { eqNullSafeColumns, fuseEqNullSafe } from "./equal-null-safe.js";
import { fuseComparison } from "./fuse-comparison.js";
import {
  type ColumnFunction,
  type Kernel,
  type KernelCall,
  type KernelInput,
  lazyKernel,
  strictKernel,
} from "./kernel.js";
import { type Lane, laneOf } from "./lane.js";
import { boolColumn, columnAs } from "./lane-column.js";
import { compareTexts, type OrderTest } from "./text-comparison.js";

export const eq = comparison({ less: false, equal: true, greater: false });
export const ne = comparison({ less: true, equal: false, greater: true });
export const lt = comparison({ less: true, equal: false, greater: false });
export const le = comparison({ less: true, equal: true, greater: false });
export const gt = comparison({ less: false, equal: false, greater: true });
export const ge = comparison({ less: false, equal: true, greater: true });
export const eqNullSafe = lazyKernel(eqNullSafeColumns(compareColumns), fuseEqNullSafe);

function comparison(test: OrderTest): Kernel {
  return strictKernel((call) => compareColumns(call, test), fuseComparison(test));
}

/** The comparison of two columns of one type. */
export function compareColumns(call: KernelCall, test: OrderTest): ColumnFunction {
  const [type] = call.types;
  const lane = laneOf(type);
  if (lane !== null) return (input) => compareLanes(lane, input, test);
  if (type.kind === "utf8" || type.kind === "binary") return compareTexts(call, test);
  return (input) => compareNested(input, test);
}

function compareLanes(lane: Lane, input: KernelInput, test: OrderTest): Column {
  const [a, b] = [input.column(0), input.column(1)];
  switch (lane) {
    case "bool":
      return compareArrays(BOOL_LOOPS, [columnAs(a, lane).values, columnAs(b, lane).values], { input, test });
    case "int32":
      return compareArrays(INT32_LOOPS, [columnAs(a, lane).values, columnAs(b, lane).values], { input, test });
    case "int64":
      return compareArrays(INT64_LOOPS, [columnAs(a, lane).values, columnAs(b, lane).values], { input, test });
    case "float64":
      return compareArrays(FLOAT64_LOOPS, [columnAs(a, lane).values, columnAs(b, lane).values], { input, test });
  }
}

function compareArrays<A>(
  loops: ComparisonLoops<A>,
  [a, b]: readonly [A, A],
  { input, test }: { readonly input: KernelInput; readonly test: OrderTest },
): Column {
  const out = allocateBytes(input.length);
  const { rows } = input;
  if (test.less === test.greater) loops.equal(a, b, { out, rows, flip: test.equal ? 0 : 1 });
  // a < b, and a >= b as its opposite; a > b as b < a, and a <= b as the opposite of that.
  else if (test.less === test.equal) loops.less(b, a, { out, rows, flip: test.less ? 1 : 0 });
  else loops.less(a, b, { out, rows, flip: test.less ? 0 : 1 });
  return boolColumn(out, input.length);
}

/** Lists and structs, member by member; NULL members equal each other and come first. */
function compareNested(input: KernelInput, test: OrderTest): Column {
  const { rows, length } = input;
  const [a, b] = [input.column(0), input.column(1)];
  const out = allocateBytes(length);
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    const order = compareAt(a, i, b, i);
    out[i] = (order < 0 ? test.less : order === 0 ? test.equal : test.greater) ? 1 : 0;
  }
  return boolColumn(out, length);
}
