import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Column } from "../../src/expressions/column-expression.js";
import { sum } from "../../src/expressions/functions/aggregates.js";
import { col } from "../../src/expressions/functions/col.js";
import { and, or } from "../../src/expressions/functions/logic.js";
import { explodeOuter } from "../../src/expressions/functions/nested.js";
import { struct } from "../../src/expressions/functions/struct.js";
import { concat } from "../../src/expressions/functions/text.js";
import { userAggregate } from "../../src/expressions/functions/user-aggregate.js";
import { when } from "../../src/expressions/functions/when.js";
import { isColumn } from "../../src/expressions/is-column.js";
import { userAggregateById } from "../../src/expressions/user-aggregate.js";
import { float64, int64, utf8 } from "../../src/types/type-constructors.js";

test("an expression is frozen through and through", () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  const column = when(col("a").between(1, 2), "x").when(col("b").isin(1, 2), "y").otherwise(concat("c", "d")).as("e");
  expect(frozen(column.expression)).toBe(true);
  expect(frozen(sum("a").filter(col("b")).expression)).toBe(true);
  expect(frozen(struct("a").expression)).toBe(true);
});

test("strings are names for functions and constants for methods", () => {
  expect(col("a").eq("b").expression).toMatchObject({ args: [{ kind: "column" }, { kind: "literal", value: "b" }] });
  expect(concat("a", "b").expression).toMatchObject({
    args: [
      { kind: "column", name: "a" },
      { kind: "column", name: "b" },
    ],
  });
});

test("and, or fold any number of conditions", () => {
  const [a, b, c] = [col("a"), col("b"), col("c")];
  expect(and(a, b, c).toString()).toBe("((a AND b) AND c)");
  expect(or(a).toString()).toBe("a");
});

test("several filters of an aggregate hold together", () => {
  expect(sum("a").filter(col("b")).filter(col("c")).toString()).toBe("sum(a) FILTER (WHERE (b AND c))");
});

test("casts take types and DDL", () => {
  expect(col("a").cast("bigint").expression).toMatchObject({ kind: "cast", type: int64(), safe: false });
  expect(col("a").tryCast(utf8()).expression).toMatchObject({ kind: "cast", type: utf8(), safe: true });
  expect(() => col("a").cast("nonsense")).toThrow(expect.objectContaining({ code: "DDL_SYNTAX" }));
});

test("NULLs come first ascending and last descending", () => {
  expect(col("a").asc().order).toEqual({ descending: false, nullsFirst: true });
  expect(col("a").desc().order).toEqual({ descending: true, nullsFirst: false });
  expect(col("a").descNullsFirst().order).toEqual({ descending: true, nullsFirst: true });
});

test("explode is a generator, outer or not", () => {
  expect(col("a").explode().expression).toMatchObject({ kind: "explode", outer: false });
  expect(explodeOuter("a").expression).toMatchObject({ kind: "explode", outer: true });
});

test("a column shows itself, and is known by its mark rather than its class", () => {
  expect(inspect(col("a").plus(1))).toBe("Column<(a + 1)>");
  expect(isColumn(new Column({ kind: "column", name: "a" }))).toBe(true);
  expect(isColumn({ [Symbol.for("millrace.column")]: true })).toBe(true);
  expect(isColumn({ expression: {} })).toBe(false);
});

test("struct makes a type of a record of types", () => {
  expect(struct({ a: int64() })).toEqual({ kind: "struct", fields: [{ name: "a", type: int64(), nullable: true }] });
});

test("a user aggregate is found by the id in the plan", () => {
  const product = userAggregate({
    name: "product",
    type: float64(),
    init: () => 1,
    add: (state, value) => state * Number(value),
    finish: (state) => state,
  });
  const { expression } = product("amount");
  expect(expression).toMatchObject({
    name: "user",
    functionId: "product",
    type: float64(),
    args: [{ kind: "column", name: "amount" }],
  });
  const found = userAggregateById("product");
  expect(found.finish(found.add(found.add(found.init(), 3), 4))).toBe(12);
  expect(() => userAggregateById("missing")).toThrow(expect.objectContaining({ code: "USER_AGGREGATE" }));
});
