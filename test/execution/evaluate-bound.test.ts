import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateBound } from "../../src/execution/evaluate-bound.js";
import type { WindowShape } from "../../src/plan/analysed-node.js";
import { type BoundExpression, END_OF_TIME, NO_BOUND } from "../../src/plan/bound-expression.js";
import { date, timestamp } from "../../src/types/type-constructors.js";

const own: BoundExpression = { kind: "watermark", watermarkId: 0 };
const other: BoundExpression = { kind: "watermark", watermarkId: 1 };
const windowEnd = (shape: WindowShape): BoundExpression => ({ kind: "windowEnd", shape, input: own });
const windowStart = (shape: WindowShape): BoundExpression => ({ kind: "windowStart", shape, input: own });
const sliding = (size: bigint, slide: bigint, offset = 0n): WindowShape => ({ size, slide, offset, calendar: null });
const DAY = 86_400_000_000n;

describe("evaluateBound", () => {
  test("a watermark that nobody has set is no bound", () => {
    expect(evaluateBound(own, [])).toBe(NO_BOUND);
    expect(evaluateBound(windowEnd(sliding(10n, 10n)), [NO_BOUND])).toBe(NO_BOUND);
    expect(evaluateBound(windowStart(sliding(10n, 10n)), [END_OF_TIME])).toBe(END_OF_TIME);
  });

  test.each([
    [sliding(10n, 10n), 0n, 10n],
    [sliding(10n, 10n), 9n, 10n],
    [sliding(10n, 10n), 10n, 20n],
    [sliding(10n, 10n), -1n, 0n],
    [sliding(10n, 10n), -10n, 0n],
    [sliding(10n, 10n), -11n, -10n],
    [sliding(10n, 10n, 3n), 12n, 13n],
    [sliding(10n, 10n, 3n), 13n, 23n],
    [sliding(10n, 4n), 10n, 14n],
    [sliding(10n, 4n), 13n, 14n],
  ])("the smallest window end of %o above %d is %d", (shape, watermark, end) => {
    expect(evaluateBound(windowEnd(shape), [watermark])).toBe(end);
    expect(evaluateBound(windowStart(shape), [watermark])).toBe(end - shape.size);
  });

  test("days in a zone with summer time end at local midnight", () => {
    const shape: WindowShape = {
      size: 0n,
      slide: 0n,
      offset: 0n,
      calendar: { unit: "day", count: 1, zone: "Europe/Berlin" },
    };
    const noon = BigInt(Date.UTC(2024, 2, 31, 10)) * 1000n;
    expect(evaluateBound(windowStart(shape), [noon])).toBe(BigInt(Date.UTC(2024, 2, 30, 23)) * 1000n);
    expect(evaluateBound(windowEnd(shape), [noon])).toBe(BigInt(Date.UTC(2024, 2, 31, 22)) * 1000n);
  });

  test("a date is bounded by the day the watermark stands in", () => {
    const time = { kind: "column", index: 0, name: "t", type: timestamp(), nullable: false } as const;
    const bound: BoundExpression = {
      kind: "apply",
      input: own,
      expression: { kind: "cast", input: time, type: date(), safe: false, nullable: false },
    };
    expect(evaluateBound(bound, [3n * DAY + 5n])).toBe(3n);
    expect(evaluateBound(bound, [-1n])).toBe(-1n);
  });

  test("min and max take the bounds of several watermarks", () => {
    expect(evaluateBound({ kind: "min", inputs: [own, other] }, [3n, 5n])).toBe(3n);
    expect(evaluateBound({ kind: "min", inputs: [own, other] }, [3n, NO_BOUND])).toBe(NO_BOUND);
    expect(evaluateBound({ kind: "max", inputs: [own, other] }, [3n, NO_BOUND])).toBe(3n);
    expect(evaluateBound({ kind: "min", inputs: [own, other] }, [3n, END_OF_TIME])).toBe(3n);
  });

  test("law 8: a bound never falls when the watermark rises", () => {
    const shape = fc.record({ size: fc.bigInt(1n, 20n), slide: fc.bigInt(1n, 20n), offset: fc.bigInt(-5n, 5n) });
    fc.assert(
      fc.property(shape, fc.bigInt(-50n, 50n), fc.bigInt(0n, 50n), ({ size, slide, offset }, watermark, step) => {
        const bound = windowEnd(sliding(size + slide, slide, offset));
        const before = evaluateBound(bound, [watermark]);
        expect(before).toBeGreaterThan(watermark);
        expect(before - watermark).toBeLessThanOrEqual(slide);
        expect(evaluateBound(bound, [watermark + step])).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
