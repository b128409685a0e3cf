import { allocateBytes, allocateInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { countedValidity } from "../../columnar/validity.js";
import { fuseUnary } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { type Kernel, lazyKernel, type RowEvaluator, strictKernel } from "./kernel.js";
import { boolColumn, columnAs } from "./lane-column.js";
import { type Rows, withoutRows } from "./rows.js";

/** Three-valued: FALSE and anything is FALSE. The right side is evaluated only where the left one does not decide. */
export const and = lazyKernel((_call, [left, right]) => connective(left, right, 0), fuseConnective("false"));

/** Three-valued: TRUE or anything is TRUE. */
export const or = lazyKernel((_call, [left, right]) => connective(left, right, 1), fuseConnective("true"));

export const not = strictKernel(
  () => (input) => {
    const { values } = columnAs(input.column(0), "bool");
    const out = allocateBytes(input.length);
    for (let i = 0; i < input.length; i++) out[i] = values[i] ^ 1;
    return boolColumn(out, input.length);
  },
  fuseUnary({ bool: ({ valid, value }) => plainValue("bool", `!${value.code()}`, valid) }),
);

/** `decisive` (0 or 1) is the value that decides alone. */
function connective(left: RowEvaluator, right: RowEvaluator, decisive: number): RowEvaluator {
  return {
    evaluate(batch, rows) {
      const first = left.evaluate(batch, rows);
      const decided = rowsWith(rows, first, decisive);
      const open = withoutRows(rows, decided);
      if (open.count === 0) return first;
      const second = right.evaluate(batch, open);
      return connected([first, second], { rows, open, length: batch.length, decisive });
    },
  };
}

interface Connected {
  readonly rows: Rows;
  /** The rows that the left side leaves open. */
  readonly open: Rows;
  readonly length: number;
  readonly decisive: number;
}

/** On open rows the left side is NULL or not decisive: decisive where the right side is, else NULL where either is. */
function connected([first, second]: readonly Column[], { open, length, decisive }: Connected): Column {
  const out = allocateBytes(length).fill(decisive);
  const validity = allocateBytes(length).fill(1);
  const isFirstNull = nullTest(first);
  const isSecondNull = nullTest(second);
  const values = second.layout === "bool" ? second.values : out;
  for (let j = 0; j < open.count; j++) {
    const i = open.sel === null ? j : open.sel[j];
    const isOpen = isSecondNull(i) || values[i] !== decisive;
    out[i] = isOpen ? decisive ^ 1 : decisive;
    if (isOpen && (isFirstNull(i) || isSecondNull(i))) validity[i] = 0;
  }
  return boolColumn(out, length, countedValidity(validity, length));
}

function nullTest({ layout, validity }: Column): (row: number) => boolean {
  if (layout === "null") return () => true;
  return validity === null ? () => false : (row) => validity[row] === 0;
}

/** The rows where a condition is `wanted` (0 or 1), not NULL. */
function rowsWith(rows: Rows, column: Column, wanted: number): Rows {
  if (column.layout === "null") return { sel: null, count: 0 };
  const { values, validity } = columnAs(column, "bool");
  const kept = allocateInt32(rows.count);
  let to = 0;
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    kept[to] = i;
    to += values[i] === wanted && (validity === null || validity[i] === 1) ? 1 : 0;
  }
  return to === rows.count ? rows : { sel: kept, count: to };
}

/** In generated code the right side stands in the branch that the left side leaves open. */
function fuseConnective(decisive: "true" | "false"): NonNullable<Kernel["fuse"]> {
  return () => (writer, args) => {
    const left = args[0].emit();
    const first = writer.local(left.code());
    const result = writer.variable(decisive);
    const valid = writer.variable("1");
    const isOpen = (code: string): string => (decisive === "true" ? `!${code}` : code);
    const open = (value: string, isValid: string | null): string =>
      isValid === null ? isOpen(value) : `(${isValid} === 0 || ${isOpen(value)})`;
    writer.line(`if (${open(first, left.valid)}) {`);
    const right = args[1].emit();
    const second = writer.local(right.code());
    const both = [left.valid, right.valid].filter((each) => each !== null).join(" & ");
    writer.line(`if (${open(second, right.valid)}) {`);
    if (both !== "") writer.line(`${valid} = ${both};`);
    writer.line(`${result} = ${isOpen("true")};`);
    writer.line("}}");
    return plainValue("bool", result, both === "" ? null : valid);
  };
}
