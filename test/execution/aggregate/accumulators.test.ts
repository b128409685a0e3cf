import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Column } from "../../../src/columnar/column.js";
import { valueAt } from "../../../src/columnar/value-at.js";
import type { Accumulator } from "../../../src/execution/aggregate/accumulator.js";
import { createAccumulator } from "../../../src/execution/aggregate/create-accumulator.js";
import type { AggregateName } from "../../../src/expressions/expression.js";
import type { DataType } from "../../../src/types/data-type.js";
import { floatColumn, int32Column, int64Column } from "../../state/key-columns-of.js";

function accumulator(name: AggregateName, type: DataType, result: DataType, retracting: boolean): Accumulator {
  const args = [{ kind: "column" as const, index: 0, name: "x", type, nullable: false }];
  const made = createAccumulator(
    { name, args, where: null, functionId: null, type: result, nullable: true, outputName: `${name}(x)` },
    { codegen: true, retracting, firstLast: "arrival" },
  );
  made.grow(2);
  return made;
}

/** Adds the column's rows, each with its weight, to group 0. */
function add(to: Accumulator, column: Column, weights: readonly number[] | null, group = 0): void {
  const rows = Int32Array.from({ length: column.length }, (_, row) => row);
  const groups = new Int32Array(column.length).fill(group);
  to.add(
    {
      count: column.length,
      rows,
      groups,
      weights: weights === null ? null : Int32Array.from(weights),
      firstSequence: 0,
    },
    [column],
  );
}

function result(of: Accumulator, present: number): unknown {
  return valueAt(of.finish({ groups: Int32Array.of(0), count: 1, present: Float64Array.of(present) }), 0);
}

const INT64: DataType = { kind: "int64" };
const FLOAT64: DataType = { kind: "float64" };
const anyInt64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const anyWeight = fc.oneof(
  fc.constantFrom(1, -1, 2),
  // |weight| < 2^31 (DESIGN 3): its negation is a weight too.
  fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }).filter((weight) => weight !== 0),
);

describe("sum of integers", () => {
  it("is exact for any values and weights, and refuses only a result that does not fit", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyInt64, anyWeight), { maxLength: 20 }), (weighted) => {
        const sum = accumulator("sum", INT64, INT64, true);
        add(
          sum,
          int64Column(weighted.map(([value]) => value)),
          weighted.map(([, weight]) => weight),
        );
        const exact = weighted.reduce((total, [value, weight]) => total + value * BigInt(weight), 0n);
        if (exact === BigInt.asIntN(64, exact)) expect(result(sum, 1)).toBe(exact);
        else expect(() => result(sum, 1)).toThrow(/SUM_OVERFLOW/);
        add(
          sum,
          int64Column(weighted.map(([value]) => value)),
          weighted.map(([, weight]) => -weight),
        );
        expect(result(sum, 1)).toBe(0n);
      }),
    );
  });

  it("carries when many large values are added", () => {
    const sum = accumulator("sum", INT64, INT64, false);
    const many = 1 << 21;
    const column = int64Column(Array.from({ length: many }, (_, i) => (i % 2 === 0 ? 2n ** 62n + 1n : -(2n ** 62n))));
    for (let round = 0; round < 3; round++) add(sum, column, null);
    expect(result(sum, 1)).toBe(BigInt((3 * many) / 2));
  });

  it("takes int32 and merges", () => {
    const sum = accumulator("sum", { kind: "int32" }, INT64, false);
    add(sum, int32Column([5, -7, 2 ** 31 - 1]), null, 0);
    add(sum, int32Column([1, 2]), null, 1);
    sum.merge(0, 1);
    expect(result(sum, 1)).toBe(BigInt(2 ** 31));
  });
});

describe("sum of doubles", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  it("is the same for any order, within 4 ulp", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), { minLength: 1, maxLength: 50 }),
        (values) => {
          const forwards = accumulator("sum", FLOAT64, FLOAT64, false);
          const backwards = accumulator("sum", FLOAT64, FLOAT64, false);
          add(forwards, floatColumn(values), null);
          add(backwards, floatColumn([...values].reverse()), null);
          const [a, b] = [Number(result(forwards, 1)), Number(result(backwards, 1))];
          const scale = Math.max(...values.map(Math.abs));
          expect(Math.abs(a - b)).toBeLessThanOrEqual(4 * 2 ** -52 * Math.abs(a) + scale * 2 ** -98);
        },
      ),
    );
  });

  it("loses nothing of small values beside large ones", () => {
    for (const values of [
      [1, 1e17, -1e17],
      [1e17, 1, -1e17],
      [1e17, -1e17, 1],
      [1e16, 1, 1e-3, -1e16],
    ]) {
      for (const weights of [null, values.map(() => 1)]) {
        const sum = accumulator("sum", FLOAT64, FLOAT64, weights !== null);
        add(sum, floatColumn(values), weights);
        expect(result(sum, 1)).toBe(values.includes(1e-3) ? 1.001 : 1);
      }
    }
  });

  it("cancels: what was added and taken back leaves the sum of the rest, NaN and infinities too", () => {
    const odd = fc.oneof(
      finite,
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.7e308),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(odd, fc.constantFrom(1, 3, -2)), { maxLength: 20 }), (weighted) => {
        const sum = accumulator("sum", FLOAT64, FLOAT64, true);
        add(sum, floatColumn([0.1]), [1]);
        const column = floatColumn(weighted.map(([value]) => value));
        add(
          sum,
          column,
          weighted.map(([, weight]) => weight),
        );
        add(
          sum,
          column,
          weighted.map(([, weight]) => -weight),
        );
        const scale = weighted.reduce(
          (most, [value]) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0),
          1,
        );
        expect(Math.abs(Number(result(sum, 1)) - 0.1)).toBeLessThanOrEqual(scale * 2 ** -90);
      }),
      // The smaller is all below the last bit of the larger.
      {
        examples: [
          [
            [
              [1.7e308, 1],
              [2 ** 960, 1],
            ],
          ],
        ],
      },
    );
  });

  it("follows the rules of doubles for what is not finite, and overflows only at the end", () => {
    const cases: [readonly number[], number][] = [
      [[1, Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
      [[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], Number.NaN],
      [[Number.NaN, 1], Number.NaN],
      [[1.7e308, 1.7e308, -1.7e308], 1.7e308],
      [[1.7e308, 1.7e308], Number.POSITIVE_INFINITY],
    ];
    for (const [values, expected] of cases) {
      const sum = accumulator("sum", FLOAT64, FLOAT64, false);
      add(sum, floatColumn(values), null);
      expect(result(sum, values.length)).toBe(expected);
    }
  });
});

describe("min and max of doubles", () => {
  it("take NaN for the greatest and have no negative zero", () => {
    for (const retracting of [false, true]) {
      const min = accumulator("min", FLOAT64, FLOAT64, retracting);
      const max = accumulator("max", FLOAT64, FLOAT64, retracting);
      for (const each of [min, max]) add(each, floatColumn([Number.NaN, -0, -5, Number.POSITIVE_INFINITY]), null);
      expect([result(min, 4), result(max, 4)]).toEqual([-5, Number.NaN]);
      const zero = accumulator("min", FLOAT64, FLOAT64, retracting);
      add(zero, floatColumn([Number.NaN, -0]), null);
      expect(result(zero, 2)).toBe(0);
    }
  });
});

describe("min and max of int64", () => {
  it("compare all 64 bits", () => {
    const values = fc.array(fc.oneof(anyInt64, fc.constantFrom(0n, -1n, 2n ** 31n, 2n ** 32n - 1n, -(2n ** 31n))), {
      minLength: 1,
    });
    fc.assert(
      fc.property(values, fc.boolean(), (some, retracting) => {
        const sorted = [...some].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const min = accumulator("min", INT64, INT64, retracting);
        const max = accumulator("max", INT64, INT64, retracting);
        for (const each of [min, max]) add(each, int64Column(some), null);
        expect([result(min, 1), result(max, 1)]).toEqual([sorted[0], sorted[sorted.length - 1]]);
      }),
    );
  });
});

describe("every aggregate that is not a count", () => {
  it("is NULL over nothing", () => {
    for (const name of ["sum", "avg", "min", "max", "first", "last"] as const) {
      for (const retracting of [false, true])
        expect(result(accumulator(name, FLOAT64, FLOAT64, retracting), 0)).toBeNull();
    }
  });
});
