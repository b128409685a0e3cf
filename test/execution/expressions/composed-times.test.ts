import fc, { type Arbitrary } from "fast-check";
import { expect, it } from "vitest";
import { chunkOf } from "../../../src/columnar/chunk-of.js";
import { columnBuilder } from "../../../src/columnar/column-builder.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import { ExpressionError } from "../../../src/common/millrace-error.js";
import { compileExpressions } from "../../../src/execution/expressions/compile-expression.js";
import { DATE_TRUNC_UNITS } from "../../../src/expressions/date-trunc-unit.js";
import type { Expression } from "../../../src/expressions/expression.js";
import type { FunctionName } from "../../../src/expressions/function-name.js";
import { resolveExpression } from "../../../src/plan/resolve-expression.js";
import type { DataType, Schema } from "../../../src/types/data-type.js";
import { date, float64, int32, int64, timestamp, utf8 } from "../../../src/types/type-constructors.js";

// Each time kernel is proven against DuckDB alone; here they stand within each other, where int64 values pass between bigint
// and number form inside one generated loop.

const SCHEMA: Schema = {
  fields: [
    { name: "t", type: timestamp(), nullable: true },
    { name: "u", type: timestamp(), nullable: true },
    { name: "l", type: int64(), nullable: true },
    { name: "d", type: date(), nullable: true },
  ],
};

const column = (name: string): Expression => ({ kind: "column", name });
const call = (name: FunctionName, ...args: Expression[]): Expression => ({ kind: "call", name, args });
const text = (value: string): Expression => ({ kind: "literal", type: utf8(), value });
const cast = (input: Expression, type: DataType): Expression => ({ kind: "cast", input, type, safe: false });
const zone = fc.constantFrom("UTC", "Europe/Berlin", "+05:30", "America/Sao_Paulo");
const interval = fc.constantFrom("10 minutes", "-1 microsecond", "3 days 2 hours", "1 month", "-13 months 1 second");

function times(depth: number): Arbitrary<Expression> {
  const leaf = fc.constantFrom(column("t"), column("u"), cast(column("d"), timestamp()));
  if (depth === 0) return leaf;
  const time = times(depth - 1);
  const number = numbers(depth - 1);
  return fc.oneof(
    leaf,
    fc.tuple(time, interval).map(([each, length]) => call("addInterval", each, text(length))),
    fc.tuple(fc.constantFrom(...DATE_TRUNC_UNITS), time).map(([unit, each]) => call("dateTrunc", text(unit), each)),
    fc
      .tuple(fc.constantFrom(...DATE_TRUNC_UNITS), time, zone)
      .map(([unit, each, where]) => call("dateTrunc", text(unit), each, text(where))),
    fc
      .tuple(fc.constantFrom<FunctionName>("fromUtcTimestamp", "toUtcTimestamp"), time, zone)
      .map(([name, each, where]) => call(name, each, text(where))),
    fc.tuple(time, time).map(([a, b]) => call("coalesce", a, b)),
    fc.tuple(number, time, time).map(
      ([n, a, b]): Expression => ({
        kind: "case",
        branches: [{ when: call("gt", n, cast(column("l"), float64())), then: a }],
        otherwise: b,
      }),
    ),
    number.map((n) => cast(cast(n, int64()), timestamp())),
  );
}

function numbers(depth: number): Arbitrary<Expression> {
  const leaf = fc.constantFrom(column("l"), call("year", column("d")));
  if (depth === 0) return leaf;
  const time = times(depth - 1);
  const part = fc.constantFrom<FunctionName>("year", "quarter", "month", "dayOfMonth", "dayOfWeek", "hour", "second");
  return fc.oneof(
    leaf,
    fc.tuple(part, time).map(([name, each]) => call(name, each)),
    time.map((each) => cast(each, int64())),
    time.map((each) => cast(each, float64())),
    fc.tuple(numbers(depth - 1), numbers(depth - 1)).map(([a, b]) => call("plus", cast(a, int64()), cast(b, int64()))),
    fc.tuple(time, time).map(([a, b]): Expression => cast(call("le", a, b), int32())),
  );
}

const micros = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: -(10n ** 15n), max: 4n * 10n ** 15n }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) - 1n, 253_402_300_799_999_999n),
  },
);
const cell = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | null> => fc.option(arbitrary, { freq: 6 });
const rows = fc.array(
  fc.tuple(
    cell(micros),
    cell(micros),
    cell(fc.bigInt({ min: -(10n ** 6n), max: 10n ** 10n })),
    cell(fc.integer({ min: -200_000, max: 200_000 })),
  ),
  { minLength: 1, maxLength: 8 },
);

it("generated loops and kernels agree on time expressions within time expressions", () => {
  fc.assert(
    fc.property(fc.oneof(times(4), numbers(4)), rows, (unresolved, values) => {
      const expression = resolveExpression(unresolved, SCHEMA);
      const columns = SCHEMA.fields.map(({ type }, c) => {
        const builder = columnBuilder(type, values.length);
        for (const row of values) builder.append(row[c]);
        return builder.finish();
      });
      const chunk = chunkOf(SCHEMA, columns, values.length);
      const evaluated = (codegen: boolean): unknown => {
        try {
          const [result] = compileExpressions([expression], { codegen }).evaluate(chunk, { batchId: 0, batchTime: 0n });
          return values.map((_, row) => valueAt(result, row));
        } catch (error) {
          if (error instanceof ExpressionError) return "fails";
          throw error;
        }
      };
      expect(evaluated(true)).toEqual(evaluated(false));
    }),
    { numRuns: 1500 },
  );
});
