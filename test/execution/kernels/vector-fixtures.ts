import { expect } from "vitest";
import { chunkOf } from "../../../src/columnar/chunk-of.js";
import type { BytesColumn, Column, DictionaryColumn } from "../../../src/columnar/column.js";
import { columnBuilder } from "../../../src/columnar/column-builder.js";
import { nullColumn } from "../../../src/columnar/null-column.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import { compileExpressions } from "../../../src/execution/expressions/compile-expression.js";
import type { LiteralValue } from "../../../src/expressions/expression.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import type { ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import type { DataType } from "../../../src/types/data-type.js";

/** An argument of a call under test: a column of values, or a constant. */
export type TestArgument =
  | { readonly type: DataType; readonly values: readonly unknown[] }
  | { readonly type: DataType; readonly constant: LiteralValue };

/** A function, or a cast of its only argument. */
export type TestCall = ({ readonly name: FunctionName } | { readonly safe: boolean }) & {
  readonly args: readonly TestArgument[];
  readonly type: DataType;
  readonly length: number;
};

const CONTEXT = { batchId: 3, batchTime: 1_700_000_000_123_456n };

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

/** How a column of text is given, and whether loops are generated. */
export interface Manner {
  readonly layout: "plain" | "dictionary";
  readonly codegen: boolean;
}

export const MANNERS: readonly Manner[] = [
  { layout: "plain", codegen: false },
  { layout: "plain", codegen: true },
  { layout: "dictionary", codegen: false },
  { layout: "dictionary", codegen: true },
];

/** Evaluates the call over the rows in `sel` (null: all) of its arguments. */
export function evaluate({ args, length, ...call }: TestCall, sel: Int32Array | null, manner: Manner): Column {
  const expressions = args.map(
    (argument, index): ResolvedExpression =>
      "constant" in argument
        ? { kind: "literal", type: argument.type, value: argument.constant, nullable: argument.constant === null }
        : { kind: "column", type: argument.type, index, name: `c${index}`, nullable: true },
  );
  const columns = args.map((argument) => {
    if ("constant" in argument) return nullColumn(argument.type, length);
    const column = columnOf(argument.type, argument.values);
    const isText = column.layout === "bytes" && column.type.kind === "utf8";
    return isText && manner.layout === "dictionary" ? dictionaryOf(column) : column;
  });
  const expression: ResolvedExpression =
    "name" in call
      ? { kind: "call", name: call.name, args: expressions, type: call.type, nullable: true }
      : { kind: "cast", input: expressions[0], safe: call.safe, type: call.type, nullable: true };
  const fields = args.map(({ type }, i) => ({ name: `c${i}`, type, nullable: true }));
  const chunk = { ...chunkOf({ fields }, columns, length), sel };
  const [result] = compileExpressions([expression], { codegen: manner.codegen }).evaluate(chunk, CONTEXT);
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

function valuesOf(column: Column, sel: Int32Array | null): unknown[] {
  const count = sel === null ? column.length : sel.length;
  return Array.from({ length: count }, (_, k) => valueAt(column, sel === null ? k : sel[k]));
}

/** The values of the call for every row; asserts that dictionaries, generated loops and selections change nothing. */
export function run(call: TestCall): unknown[] {
  const values = valuesOf(evaluate(call, null, MANNERS[0]), null);
  const sel = Int32Array.from({ length: Math.ceil((call.length - 1) / 3) }, (_, k) => 3 * k + 1);
  const expected = Array.from(sel, (row) => values[row]);
  for (const manner of MANNERS) {
    expect(valuesOf(evaluate(call, null, manner), null)).toEqual(values);
    if (sel.length > 0) expect(valuesOf(evaluate(call, sel, manner), sel)).toEqual(expected);
  }
  return values;
}
