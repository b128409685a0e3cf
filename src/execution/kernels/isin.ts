import { allocateBytes } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { countedValidity } from "../../columnar/validity.js";
import { compareColumns } from "./comparison.js";
import { constantMembership } from "./constant-membership.js";
import { fuseConstantMembership } from "./fuse-membership.js";
import { type Batch, type KernelCall, lazyKernel, type RowEvaluator } from "./kernel.js";
import { boolColumn } from "./lane-column.js";
import { nullRows, type Rows, trueRows, withoutRows } from "./rows.js";
import { StrictEvaluator } from "./strict-evaluator.js";

/** TRUE where a value equals one of the others; else NULL where it or one of the others is NULL. Values behind a match are not evaluated. */
export const isin = lazyKernel((call, args) => {
  const items = call.constants.slice(1);
  const [value, ...others] = args;
  if (items.length > 0 && items.every((item) => item !== null) && call.constants[0] === null) {
    const run = constantMembership(call.types[0], items);
    if (run !== null) return new StrictEvaluator({ args: [value], constants: [null], type: call.type, run });
  }
  const equals = others.map((other, i) => equalTo(call, [value, other], i + 1));
  return { evaluate: (batch, rows) => findValues({ value, equals, type: call.type }, batch, rows) };
}, fuseConstantMembership);

interface Search {
  readonly value: RowEvaluator;
  readonly equals: readonly RowEvaluator[];
  readonly type: KernelCall["type"];
}

function equalTo({ types, constants, type }: KernelCall, args: readonly RowEvaluator[], index: number): RowEvaluator {
  const pair = { types: [types[0], types[index]], constants: [constants[0], constants[index]], type };
  const run = compareColumns(pair, { less: false, equal: true, greater: false });
  return new StrictEvaluator({ args, constants: pair.constants, type, run });
}

function findValues({ value, equals, type }: Search, batch: Batch, rows: Rows): Column {
  const missing = nullRows(rows, value.evaluate(batch, rows));
  const found = allocateBytes(batch.length);
  const validity = allocateBytes(batch.length).fill(1);
  for (let j = 0; j < missing.count; j++) validity[missing.sel === null ? j : missing.sel[j]] = 0;
  let open = withoutRows(rows, missing);
  for (const equal of equals) {
    if (open.count === 0) break;
    const column = equal.evaluate(batch, open);
    const matches = trueRows(open, column);
    setRows(found, matches, 1);
    setRows(validity, nullRows(open, column), 0);
    setRows(validity, matches, 1);
    open = withoutRows(open, matches);
  }
  if (type.kind !== "bool") throw new Error("Broken invariant: isin gives a condition");
  return boolColumn(found, batch.length, countedValidity(validity, batch.length));
}

function setRows(values: Uint8Array, { sel, count }: Rows, value: number): void {
  for (let j = 0; j < count; j++) values[sel === null ? j : sel[j]] = value;
}
