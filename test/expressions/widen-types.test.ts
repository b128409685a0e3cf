import fc from "fast-check";
import { expect, test } from "vitest";
import { commonType } from "../../src/expressions/widen-types.js";
import type { DataType } from "../../src/types/data-type.js";
import { sameType } from "../../src/types/same-type.js";
import {
  binary,
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  nullType,
  struct,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";

const { type: anyType } = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      nullType(),
      bool(),
      int32(),
      int64(),
      float64(),
      utf8(),
      binary(),
      date(),
      timestamp(),
      timestamp(null),
    ),
    fc.tuple(tie("type"), fc.boolean()).map(([element, containsNull]) => list(element, containsNull)),
    fc.tuple(tie("type"), tie("type")).map(([a, b]) => struct({ a, b })),
  ),
}));

test("numbers, times and NULL widen; text does not", () => {
  expect(commonType(int32(), float64())).toEqual(float64());
  expect(commonType(date(), timestamp())).toEqual(timestamp());
  expect(commonType(nullType(), utf8())).toEqual(utf8());
  expect(commonType(utf8(), int32())).toBeNull();
  expect(commonType(timestamp(null), timestamp())).toBeNull();
  expect(commonType(list(int32(), false), list(int64()))).toEqual(list(int64()));
  expect(commonType(struct({ a: int32() }), struct({ b: int32() }))).toBeNull();
});

test("the order of the two does not matter, and both widen to the common type", () => {
  fc.assert(
    fc.property(anyType, anyType, (a, b) => {
      const common = commonType(a, b);
      const turned = commonType(b, a);
      if (common === null || turned === null) return common === turned;
      const absorbs = [a, b].every((type) => {
        const again = commonType(type, common);
        return again !== null && sameType(again, common);
      });
      return sameType(common, turned) && absorbs;
    }),
  );
});
