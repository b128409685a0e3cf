import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/columnar/chunk.js";
import { chunkOf } from "../../../src/columnar/chunk-of.js";
import { columnBuilder } from "../../../src/columnar/column-builder.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import { ExpressionError } from "../../../src/common/millrace-error.js";
import { compileExpressions, compilePredicate } from "../../../src/execution/expressions/compile-expression.js";
import { partsOf } from "../../../src/execution/expressions/expression-parts.js";
import type { ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import { resolveExpression } from "../../../src/plan/resolve-expression.js";
import { expressionOf, rowsArbitrary, SCHEMA } from "./random-expression.js";
import { NoValue, type Row, referenceValue, type Value } from "./reference-evaluator.js";

const CONTEXT = { batchId: 0, batchTime: 0n };

/** Rows with a selection: all, or those that a mask keeps. */
const input = fc.boolean().chain((isNullable) =>
  fc
    .tuple(rowsArbitrary(isNullable), fc.option(fc.array(fc.boolean(), { minLength: 12, maxLength: 12 })))
    .map(([rows, mask]) => ({
      rows,
      sel: mask === null ? null : Int32Array.from([...rows.keys()].filter((i) => mask[i])),
    })),
);
const kind = fc.constantFrom("bool", "int32", "int64", "float64", "date", "timestamp", "utf8");

describe.each([{ codegen: true }, { codegen: false }])("random expressions, codegen $codegen", ({ codegen }) => {
  it("give what the reference gives, for the selected rows", () => {
    fc.assert(
      fc.property(
        kind.chain((each) => expressionOf(each, 3)),
        input,
        (unresolved, { rows, sel }) => {
          const expression = resolveExpression(unresolved, SCHEMA);
          const expected = outcome(() => selected(rows, sel).map((i) => referenceValue(expression, rows[i])));
          const chunk = chunkFrom(rows, sel);
          const actual = outcome(() => {
            const [column] = compileExpressions([expression], { codegen }).evaluate(chunk, CONTEXT);
            expect(column.length).toBe(rows.length);
            if (column.validity !== null)
              expect(column.nullCount).toBe(
                column.validity.subarray(0, column.length).filter((byte) => byte === 0).length,
              );
            return selected(rows, sel).map((i) => valueAt(column, i));
          });
          expectSame(actual, expected, faultsOf(expression, rows, sel));
        },
      ),
      { numRuns: 600 },
    );
  });

  it("select the rows for which a condition is TRUE", () => {
    fc.assert(
      fc.property(expressionOf("bool", 3), input, (unresolved, { rows, sel }) => {
        const expression = resolveExpression(unresolved, SCHEMA);
        const all = selected(rows, sel);
        const expected = outcome(() => all.filter((i) => referenceValue(expression, rows[i]) === true));
        const actual = outcome(() => {
          const result = compilePredicate(expression, { codegen }).select(chunkFrom(rows, sel), CONTEXT);
          return result === "all" ? all : [...(result ?? [])];
        });
        // Where a left side is NULL no later condition can make the row TRUE, so a filter need not evaluate it.
        if (expected.faults && !actual.faults) return;
        expectSame(actual, expected, faultsOf(expression, rows, sel));
      }),
      { numRuns: 400 },
    );
  });
});

interface Outcome {
  readonly values: readonly unknown[];
  readonly faults: string | null;
}

function outcome(compute: () => readonly unknown[]): Outcome {
  try {
    return { values: compute(), faults: null };
  } catch (error) {
    if (error instanceof NoValue) return { values: [], faults: error.reason };
    if (error instanceof ExpressionError)
      return { values: [], faults: error.code === "DIVIDE_BY_ZERO" ? "ZERO" : "RANGE" };
    throw error;
  }
}

/** Which of several failures is named depends on the way of evaluating; that one is, does not. */
function expectSame(actual: Outcome, expected: Outcome, faults: ReadonlySet<string>): void {
  expect(actual.faults !== null, `fails: ${actual.faults} for ${expected.faults}`).toBe(expected.faults !== null);
  if (actual.faults !== null) expect([...faults]).toContain(actual.faults);
  else expect(actual.values.map(comparable)).toEqual(expected.values.map(comparable));
}

function comparable(value: unknown): unknown {
  return value === 0 ? 0 : value;
}

/** Whatever some part of the expression can fail with. */
function faultsOf(expression: ResolvedExpression, rows: readonly Row[], sel: Int32Array | null): ReadonlySet<string> {
  const faults = new Set<string>();
  for (const part of [expression, ...partsWithin(expression)]) {
    for (const i of selected(rows, sel)) {
      const { faults: fault } = outcome(() => [referenceValue(part, rows[i])]);
      if (fault !== null) faults.add(fault);
    }
  }
  return faults;
}

function partsWithin(expression: ResolvedExpression): ResolvedExpression[] {
  return partsOf(expression).flatMap((part) => [part, ...partsWithin(part)]);
}

function selected(rows: readonly Row[], sel: Int32Array | null): number[] {
  return sel === null ? [...rows.keys()] : [...sel];
}

function chunkFrom(rows: readonly Row[], sel: Int32Array | null): Chunk {
  const columns = SCHEMA.fields.map(({ type }, c) => {
    const builder = columnBuilder(type, rows.length);
    for (const row of rows) {
      const value: Value = row[c];
      if (value === null) builder.appendNull();
      else builder.append(value);
    }
    return builder.finish();
  });
  return { ...chunkOf(SCHEMA, columns, rows.length), sel };
}
