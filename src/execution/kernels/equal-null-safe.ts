import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import { compared, testCode } from "./fuse-comparison.js";
import { emitAll } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { bothValid } from "./fused-writer.js";
import type { Batch, ColumnFunction, Kernel, KernelCall, RowEvaluator } from "./kernel.js";
import { laneOf } from "./lane.js";
import { boolColumn, columnAs } from "./lane-column.js";
import { type Rows, validRows } from "./rows.js";
import type { OrderTest } from "./text-comparison.js";
import { withoutDictionary } from "./without-dictionary.js";

const EQUAL: OrderTest = { less: false, equal: true, greater: false };

/** NULL equals NULL and nothing else; never NULL itself. */
export function eqNullSafeColumns(compare: (call: KernelCall, test: OrderTest) => ColumnFunction) {
  return (call: KernelCall, [left, right]: readonly RowEvaluator[]): RowEvaluator => {
    const equal = compare({ ...call, constants: [null, null] }, EQUAL);
    return {
      evaluate(batch, rows) {
        const columns = [left.evaluate(batch, rows), right.evaluate(batch, rows)].map(withoutDictionary);
        return compareNullSafe(columns, { batch, rows, equal });
      },
    };
  };
}

function compareNullSafe(
  [a, b]: readonly Column[],
  { batch, rows, equal }: { readonly batch: Batch; readonly rows: Rows; readonly equal: ColumnFunction },
): Column {
  const { length, context } = batch;
  if (a.layout === "null" || b.layout === "null") return bothNull([a, b], rows, length);
  const present = validRows(validRows(rows, a.validity), b.validity);
  const result = columnAs(equal({ rows: present, length, context, column: (i) => (i === 0 ? a : b) }), "bool");
  if (present === rows) return result;
  const out = columnAs(bothNull([a, b], rows, length), "bool").values;
  for (let j = 0; j < present.count; j++) {
    const i = present.sel === null ? j : present.sel[j];
    out[i] = result.values[i];
  }
  return boolColumn(out, length);
}

function bothNull([a, b]: readonly Column[], rows: Rows, length: number): Column {
  const out = allocateBytes(length);
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    out[i] = isNullAt(a, i) && isNullAt(b, i) ? 1 : 0;
  }
  return boolColumn(out, length);
}

export const fuseEqNullSafe: NonNullable<Kernel["fuse"]> = (call) => {
  if (laneOf(call.types[0]) === null) return null;
  return (_writer, args) => {
    const [a, b] = emitAll(args);
    const equal = `(${testCode(compared(call, [a, b]), EQUAL)})`;
    const both = bothValid(a.valid, b.valid);
    if (both === null) return plainValue("bool", equal, null);
    const neither = a.valid === null || b.valid === null ? "false" : `(${a.valid} | ${b.valid}) === 0`;
    return plainValue("bool", `(${both} === 1 ? ${equal} : ${neither})`, null);
  };
};
