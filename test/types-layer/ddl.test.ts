import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataType, Field } from "../../src/types/data-type.js";
import { parseDdl } from "../../src/types/ddl.js";
import { formatSchema, formatType, treeString } from "../../src/types/format-type.js";
import {
  binary,
  bool,
  date,
  decimal128,
  duration,
  field,
  float64,
  int8,
  int32,
  int64,
  list,
  map,
  nullType,
  required,
  schema,
  schemaOf,
  struct,
  timestamp,
  uint16,
  utf8,
} from "../../src/types/type-constructors.js";

const leaf: fc.Arbitrary<DataType> = fc.constantFrom<DataType>(
  bool(),
  int8(),
  int32(),
  int64(),
  uint16(),
  float64(),
  utf8(),
  binary(),
  date(),
  timestamp(),
  timestamp(null),
  timestamp("Europe/Berlin"),
  duration(),
  decimal128(12, 3),
  nullType(),
);
const names = fc.uniqueArray(
  fc.oneof(fc.constantFrom("a", "user id", "x`y", "select", "ä", "1a"), fc.string({ minLength: 1, maxLength: 8 })),
  { minLength: 1, maxLength: 4 },
);
const fieldsOf = (type: fc.Arbitrary<DataType>): fc.Arbitrary<Field[]> =>
  names.chain((all) =>
    fc.tuple(...all.map((name) => fc.tuple(type, fc.boolean()).map(([t, nullable]) => field(name, t, nullable)))),
  );
const { type } = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    leaf,
    tie("type").map((element) => list(element)),
    fc.tuple(leaf, tie("type")).map(([key, value]) => map(key, value)),
    fieldsOf(tie("type")).map((fields): DataType => ({ kind: "struct", fields })),
  ),
}));

describe("DDL", () => {
  it("reads back whatever formatSchema writes", () => {
    fc.assert(
      fc.property(fieldsOf(type), (fields) => {
        expect(parseDdl(formatSchema({ fields }))).toEqual({ fields });
      }),
      { numRuns: 500 },
    );
  });

  it("reads Spark's words, in any letter case", () => {
    const parsed = parseDdl(
      "id BIGINT NOT NULL COMMENT 'the key', `user name` STRING, tags ARRAY<VARCHAR(10)>, s struct<a: int, b double>, d DECIMAL, t timestamp_ltz, m map<string, long>, i interval day to second",
    );
    expect(formatSchema(parsed)).toBe(
      "id bigint not null, `user name` string, tags array<string>, s struct<a: int, b: double>, d decimal(10,0), t timestamp, m map<string, bigint>, i interval day to second",
    );
  });

  it.each([
    ["id bigin", "'bigin' is no type", 4],
    ["id", "a type is expected, not the end", 3],
    ["a int, b array<int", "'>' is expected, not the end", 19],
    ["a int not, b int", "NULL is expected, not ','", 10],
    ["a int b int", "',' or the end is expected, not 'b'", 7],
    ["a ? int", "'?' is not understood", 3],
    ["a int,", "a column name is expected, not the end", 7],
    ["a constructor", "'constructor' is no type", 3],
  ])("says what is wrong with %j and where", (text, what, position) => {
    expect(() => parseDdl(text)).toThrow(`DDL_SYNTAX: '${text}' is not a schema: ${what}, at position ${position}.`);
  });

  it("refuses a name that occurs twice", () => {
    expect(() => parseDdl("a int, a string")).toThrow(/^COLUMN_DUPLICATE: The schema has two columns named 'a'/);
    expect(() => parseDdl("s struct<a int, a int>")).toThrow(/^COLUMN_DUPLICATE: A struct/);
  });
});

describe("schemas", () => {
  it("makes columns nullable unless they are required", () => {
    expect(schemaOf({ id: required(int64()), at: timestamp(), s: struct({ x: int32() }) })).toEqual(
      schema([field("id", int64(), false), field("at", timestamp()), field("s", struct({ x: int32() }))]),
    );
  });

  it("draws Spark's tree", () => {
    const drawn = treeString(
      schemaOf({
        id: required(int64()),
        tags: list(utf8(), false),
        s: struct({ x: list(struct({ y: date() })) }),
        m: map(utf8(), float64()),
      }),
    );
    expect(drawn).toBe(`root
 |-- id: long (nullable = false)
 |-- tags: array (nullable = true)
 |    |-- element: string (containsNull = false)
 |-- s: struct (nullable = true)
 |    |-- x: array (nullable = true)
 |    |    |-- element: struct (containsNull = true)
 |    |    |    |-- y: date (nullable = true)
 |-- m: map (nullable = true)
 |    |-- key: string
 |    |-- value: double (valueContainsNull = true)
`);
  });

  it("names types as Spark's DDL does", () => {
    expect([int32(), int64(), float64(), utf8(), timestamp(null), struct({ a: int32() })].map(formatType)).toEqual([
      "int",
      "bigint",
      "double",
      "string",
      "timestamp_ntz",
      "struct<a: int>",
    ]);
  });
});
