import { describe, expect, test } from "vitest";
import { Column } from "../../src/expressions/column-expression.js";
import type { Argument } from "../../src/expressions/function-definition.js";
import {
  FUNCTION_DEFINITIONS,
  functionBySqlName,
  functionDefinition,
} from "../../src/expressions/function-registry.js";
import * as aggregates from "../../src/expressions/functions/aggregates.js";
import * as arrow from "../../src/expressions/functions/arrow.js";
import { col } from "../../src/expressions/functions/col.js";
import * as json from "../../src/expressions/functions/json.js";
import { lit } from "../../src/expressions/functions/lit.js";
import * as logic from "../../src/expressions/functions/logic.js";
import * as nested from "../../src/expressions/functions/nested.js";
import * as nulls from "../../src/expressions/functions/nulls.js";
import * as numbers from "../../src/expressions/functions/numbers.js";
import { struct } from "../../src/expressions/functions/struct.js";
import * as text from "../../src/expressions/functions/text.js";
import * as time from "../../src/expressions/functions/time.js";
import type { DataType } from "../../src/types/data-type.js";
import {
  date,
  float64,
  int32,
  int64,
  list,
  struct as structType,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";

const exported = {
  col,
  lit,
  struct,
  ...aggregates,
  ...arrow,
  ...json,
  ...logic,
  ...nested,
  ...nulls,
  ...numbers,
  ...text,
  ...time,
};

describe("every definition", () => {
  test.each(FUNCTION_DEFINITIONS.map((each) => [each.name, each] as const))(
    "%s: its example calls it",
    (name, { example }) => {
      const run = new Function(...Object.keys(exported), `return ${example};`);
      const column: unknown = run(...Object.values(exported));
      expect(column).toBeInstanceOf(Column);
      expect(
        JSON.stringify((column as Column).expression, (_, value) =>
          typeof value === "bigint" ? String(value) : value,
        ),
      ).toContain(`"name":"${name}"`);
    },
  );

  test("SQL names belong to one function each and are found in any case", () => {
    const names = FUNCTION_DEFINITIONS.flatMap(({ sqlNames }) => sqlNames);
    expect(new Set(names).size).toBe(names.length);
    expect(functionBySqlName("TO_TIMESTAMP")?.name).toBe("toTimestamp");
    expect(functionBySqlName("nobody")).toBeNull();
  });
});

describe("type rules", () => {
  const argument = (type: DataType, nullable = false): Argument => ({ type, nullable, literal: null });
  const constant = (type: DataType, value: string | number): Argument => ({
    type,
    nullable: false,
    literal: { value },
  });
  const signature = (name: Parameters<typeof functionDefinition>[0], ...args: Argument[]) =>
    functionDefinition(name).signature(args);

  test("numbers widen, and division is float64", () => {
    expect(signature("plus", argument(int32()), argument(int64(), true))).toEqual({
      args: [int64(), int64()],
      result: int64(),
      nullable: true,
    });
    expect(signature("mod", argument(int32()), argument(int32())).result).toEqual(int32());
    expect(signature("dividedBy", argument(int32()), argument(int32()))).toEqual({
      args: [float64(), float64()],
      result: float64(),
      nullable: false,
    });
  });

  test("a string constant takes the type of the other side, a string column does not", () => {
    expect(signature("ge", argument(timestamp()), constant(utf8(), "2024-01-01")).args).toEqual([
      timestamp(),
      timestamp(),
    ]);
    expect(signature("isin", argument(int32()), constant(utf8(), "1"), constant(int64(), 2)).args).toEqual([
      int64(),
      int64(),
      int64(),
    ]);
    expect(() => signature("eq", argument(utf8()), argument(int32()))).toThrow(
      /FUNCTION_ARGUMENTS: eq takes values of one type.*\(string, int\)/,
    );
  });

  test("coalesce is NULL only where all are", () => {
    expect(signature("coalesce", argument(int32(), true), argument(float64()))).toMatchObject({
      result: float64(),
      nullable: false,
    });
    expect(signature("least", argument(date(), true), argument(timestamp(), true))).toMatchObject({
      result: timestamp(),
      nullable: true,
    });
  });

  test("constants are asked for where a plan needs them", () => {
    expect(() => signature("split", argument(utf8()), argument(utf8()))).toThrow(/constant pattern/);
    expect(() => signature("dateTrunc", constant(utf8(), "fortnight"), argument(timestamp()))).toThrow(
      /TIME_UNIT_UNKNOWN.*Use one of .*hour/,
    );
    expect(() =>
      signature("dateTrunc", constant(utf8(), "day"), argument(timestamp()), constant(utf8(), "Mars/Base")),
    ).toThrow(/ZONE_UNKNOWN/);
    expect(() => signature("toTimestamp", argument(timestamp()), constant(utf8(), "yyyy"))).toThrow(
      /FUNCTION_ARGUMENTS/,
    );
  });

  test("a struct has the members it is given", () => {
    const fields = signature(
      "struct",
      constant(utf8(), "a"),
      argument(int32()),
      constant(utf8(), "b"),
      argument(utf8(), true),
    ).result;
    expect(fields).toEqual({
      kind: "struct",
      fields: [
        { name: "a", type: int32(), nullable: false },
        { name: "b", type: utf8(), nullable: true },
      ],
    });
    expect(() =>
      signature("struct", constant(utf8(), "a"), argument(int32()), constant(utf8(), "a"), argument(int32())),
    ).toThrow(/COLUMN_NAME_TWICE/);
  });

  test("JSON gives the type that was written, every member nullable", () => {
    const expected = { kind: "struct", fields: [{ name: "a", type: int32(), nullable: true }] };
    expect(signature("fromJson", argument(utf8()), constant(utf8(), "a int not null")).result).toEqual(expected);
    expect(signature("fromJson", argument(utf8()), constant(utf8(), "struct<a: int>")).result).toEqual(expected);
    expect(signature("fromJson", argument(utf8()), constant(utf8(), "array<string>")).result).toEqual(list(utf8()));
    expect(
      signature("fromJson", argument(utf8()), constant(utf8(), JSON.stringify(structType({ a: int32() })))).result,
    ).toEqual(expected);
  });

  test("bounds pass through what keeps order", () => {
    const monotone = (name: Parameters<typeof functionDefinition>[0], ...args: Argument[]) =>
      functionDefinition(name).monotoneIn?.(args) ?? null;
    expect(monotone("plus", argument(int64()), constant(int32(), 5))).toBe(0);
    expect(monotone("plus", constant(int32(), 5), argument(int64()))).toBe(1);
    expect(monotone("plus", argument(int64()), argument(int64()))).toBeNull();
    expect(monotone("minus", constant(int32(), 5), argument(int64()))).toBeNull();
    expect(monotone("times", argument(int64()), constant(int32(), -1))).toBeNull();
    expect(
      monotone("dateTrunc", constant(utf8(), "day"), argument(timestamp()), constant(utf8(), "Europe/Berlin")),
    ).toBe(1);
    expect(monotone("addInterval", argument(timestamp()), constant(utf8(), "1 day"))).toBe(0);
    // Jan 30 12:00 and Jan 31 00:00 become Feb 28 12:00 and Feb 28 00:00.
    expect(monotone("addInterval", argument(timestamp()), constant(utf8(), "1 month"))).toBeNull();
    expect(monotone("hour", argument(timestamp()))).toBeNull();
  });
});
