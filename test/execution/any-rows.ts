import fc from "fast-check";
import type { RowObject } from "../../src/columnar/infer-schema.js";
import type { DataType, Schema } from "../../src/types/data-type.js";
import {
  binary,
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  struct,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";

const LONG_TEXT = "a text that no inline key holds";

/** Every type that a key can have, with few values, so that rows meet. */
const TYPES: readonly { readonly type: DataType; readonly values: readonly unknown[] }[] = [
  { type: bool(), values: [true, false] },
  { type: int32(), values: [1, 2, 4] },
  { type: int64(), values: [1n, 3n, 5n] },
  { type: float64(), values: [Number.NaN, -0, 0, 2.5] },
  { type: utf8(), values: ["", "a", LONG_TEXT, `${LONG_TEXT}!`] },
  { type: binary(), values: [Uint8Array.of(), Uint8Array.of(0, 255)] },
  { type: date(), values: [1, 2, 4] },
  { type: timestamp(), values: [1n, 3n, 5n] },
  { type: list(int32()), values: [[], [1], [1, null]] },
  {
    type: struct({ x: int32(), y: utf8() }),
    values: [
      { x: 1, y: "a" },
      { x: null, y: LONG_TEXT },
    ],
  },
];

export interface AnyTrigger {
  readonly rows: readonly RowObject[];
  readonly weights: readonly number[];
  /** The watermark after it. */
  readonly bound: bigint;
}

export interface AnyRun {
  readonly schema: Schema;
  readonly triggers: readonly AnyTrigger[];
}

/** Two to four columns of any types, and triggers of rows with these weights. */
export function anyRun(weights: readonly number[]): fc.Arbitrary<AnyRun> {
  return fc.array(fc.constantFrom(...TYPES), { minLength: 2, maxLength: 4 }).chain((columns) => {
    const row = fc.record(
      Object.fromEntries(columns.map(({ values }, i) => [`c${i}`, fc.constantFrom(null, ...values)])),
    ) as fc.Arbitrary<RowObject>;
    const weighted = fc.array(fc.tuple(row, fc.constantFrom(...weights)), { maxLength: 6 });
    const trigger = fc.record({ weighted, step: fc.nat(2) });
    const schema = { fields: columns.map(({ type }, i) => ({ name: `c${i}`, type, nullable: true })) };
    return fc.array(trigger, { minLength: 1, maxLength: 10 }).map((steps) => {
      let bound = 0n;
      const triggers = steps.map((each): AnyTrigger => {
        bound += BigInt(each.step);
        return { rows: each.weighted.map(([rows]) => rows), weights: each.weighted.map(([, weight]) => weight), bound };
      });
      return { schema, triggers };
    });
  });
}
