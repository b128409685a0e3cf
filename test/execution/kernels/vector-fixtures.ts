import { expect } from "vitest";
import type { BytesColumn, Column, DictionaryColumn } from "../../../src/columnar/column.js";
import { columnBuilder } from "../../../src/columnar/column-builder.js";
import { constantColumn } from "../../../src/columnar/constant-column.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import { ExpressionError } from "../../../src/common/millrace-error.js";
import type { Rows, VectorKernel } from "../../../src/execution/kernels/vector-kernel.js";
import type { LiteralValue } from "../../../src/expressions/expression.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import type { ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import type { DataType } from "../../../src/types/data-type.js";

/** An argument of a call under test: a column of values, or a constant. */
export type TestArgument =
  | { readonly type: DataType; readonly values: readonly unknown[] }
  | { readonly type: DataType; readonly constant: LiteralValue };

export interface TestCall {
  readonly kernel: VectorKernel;
  readonly name: FunctionName;
  readonly args: readonly TestArgument[];
  readonly type: DataType;
  readonly length: number;
}

const CONTEXT = { batchId: 3, batchTime: 1_700_000_000_123_456n };

export function fail(code: string, what: string, row: number): never {
  throw new ExpressionError(code, `${what} (row ${row})`);
}

export function columnOf(type: DataType, values: readonly unknown[]): Column {
  const builder = columnBuilder(type, values.length);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** The same text as a dictionary column with an entry that no row has, and one of its texts twice. */
export function dictionaryOf(column: BytesColumn): DictionaryColumn {
  const texts = Array.from({ length: column.length }, (_, row) => valueAt(column, row));
  const entries = [...new Set(["\u0001 no value at all", ...texts.filter((text) => text !== null)])];
  if (entries.length > 1) entries.push(entries[1]);
  const dictionary = columnOf(column.type, entries);
  if (dictionary.layout !== "bytes") throw new Error("text is bytes");
  const indices = Int32Array.from(texts, (text, row) =>
    text === entries[1] && row % 2 === 0 ? entries.length - 1 : text === null ? 0 : entries.indexOf(text),
  );
  const { type, length, nullCount, validity } = column;
  return { layout: "dictionary", type, length, nullCount, validity, indices, dictionary };
}

type Layout = "plain" | "dictionary";

/** Evaluates the call over `rows` of its arguments. */
export function evaluate({ kernel, name, args, type, length }: TestCall, rows: Rows, layout: Layout): Column {
  const expressions = args.map((argument, index): ResolvedExpression =>
    "constant" in argument
      ? { kind: "literal", type: argument.type, value: argument.constant, nullable: argument.constant === null }
      : { kind: "column", type: argument.type, index, name: `c${index}`, nullable: true },
  );
  const columns = args.map((argument) => {
    if ("constant" in argument) return constantColumn(argument.type, argument.constant, length);
    const column = columnOf(argument.type, argument.values);
    return layout === "dictionary" && column.layout === "bytes" && column.type.kind === "utf8"
      ? dictionaryOf(column)
      : column;
  });
  const expression = { kind: "call", name, args: expressions, type, nullable: true } as const;
  const result = kernel({ expression, args: columns, length, rows, context: CONTEXT, fail });
  checkColumn(result, length);
  return result;
}

/** What must hold for every result, whatever the function. */
export function checkColumn(column: Column, length: number): void {
  expect(column.length).toBe(length);
  if (column.layout === "null") return;
  const zeros = column.validity === null ? 0 : column.validity.subarray(0, length).filter((byte) => byte === 0).length;
  expect(column.nullCount).toBe(zeros);
  if (column.layout === "dictionary") expect(column.dictionary.nullCount).toBe(0);
  if (column.layout !== "bytes" && column.layout !== "list") return;
  for (let i = 0; i < length; i++) expect(column.offsets[i + 1]).toBeGreaterThanOrEqual(column.offsets[i]);
}

export function valuesOf(column: Column, rows: Rows): unknown[] {
  return Array.from({ length: rows.count }, (_, k) => valueAt(column, rows.sel === null ? k : rows.sel[k]));
}

/** The values of the call for every row; asserts that dictionaries and selections change nothing. */
export function run(call: TestCall): unknown[] {
  const { length } = call;
  const all = { sel: null, count: length };
  const values = valuesOf(evaluate(call, all, "plain"), all);
  expect(valuesOf(evaluate(call, all, "dictionary"), all)).toEqual(values);
  const sel = Int32Array.from({ length: Math.ceil(length / 3) }, (_, k) => Math.min(3 * k + 1, length - 1));
  const some = { sel: sel.filter((row, k) => k === 0 || row > sel[k - 1]), count: 0 };
  some.count = some.sel.length;
  const expected = Array.from(some.sel, (row) => values[row]);
  for (const layout of ["plain", "dictionary"] as const)
    expect(valuesOf(evaluate(call, some, layout), some)).toEqual(expected);
  return values;
}
