import { expect, it } from "vitest";
import { refuseNotCarried } from "../../src/types/carried.js";
import { decimal128, float64, int8, list, map, schemaOf, struct, utf8 } from "../../src/types/type-constructors.js";

it("names the column by its path and the type that is not carried", () => {
  const where = "parquet(x)";
  expect(() => refuseNotCarried(schemaOf({ a: utf8(), b: list(struct({ c: decimal128(10, 2) })) }), where)).toThrow(
    "TYPE_NOT_SUPPORTED: Column 'b.element.c' has type decimal(10,2), which is not supported yet. At parquet(x). Convert it to double before.",
  );
  expect(() => refuseNotCarried(schemaOf({ m: map(utf8(), float64()) }), where)).toThrow(
    /Column 'm' has type map<string, double>/,
  );
  expect(() => refuseNotCarried(schemaOf({ i: int8() }), where)).toThrow(/Column 'i' has type tinyint/);
});

it("lets everything else pass", () => {
  expect(() => refuseNotCarried(schemaOf({ a: list(struct({ b: float64() })) }), "here")).not.toThrow();
});
