import fc from "fast-check";
import type { BytesColumn, Column } from "../../src/columnar/column.js";
import { columnBuilder } from "../../src/columnar/column-builder.js";
import { concatColumns } from "../../src/columnar/concat.js";
import { nullColumn } from "../../src/columnar/null-column.js";
import { sliceColumn } from "../../src/columnar/slice.js";
import type { DataType } from "../../src/types/data-type.js";
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

export interface ColumnOfValues {
  readonly column: Column;
  /** The engine's own values, as valueAt gives them. */
  readonly values: readonly unknown[];
}

const anyInt64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 1n, 2n ** 32n, -(2n ** 32n), 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt({ min: -3n, max: 3n }),
);

/** Types of any shape, nested up to two levels. */
export const anyType: fc.Arbitrary<DataType> = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    fc.constantFrom<DataType>(
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
    tie("type").map((element) => list(element)),
    fc.tuple(tie("type"), tie("type")).map(([a, b]): DataType => struct({ a, b })),
  ),
})).type;

/** Values of a type, few enough to collide often, with the awkward ones among them. */
export function anyValue(type: DataType): fc.Arbitrary<unknown> {
  return fc.option(notNull(type), { nil: null, freq: 4 });
}

function notNull(type: DataType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "bool":
      return fc.boolean();
    case "int32":
    case "date":
      return fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
    case "int64":
    case "timestamp":
      return anyInt64;
    case "float64":
      return fc.oneof(fc.constantFrom(0, -0, Number.NaN, 1.5, -1.5, Infinity, -Infinity), fc.double());
    case "utf8":
      return fc.oneof(
        fc.constantFrom("", "a", "ab", "b", "ä", "\u{1f600}", "\uffff", "\ufeffbom", "x".repeat(60)),
        fc.string({ unit: "grapheme", maxLength: 12 }),
      );
    case "binary":
      return fc.uint8Array({ maxLength: 5 });
    case "list":
      return fc.array(anyValue(type.element), { maxLength: 3 });
    case "struct":
      return fc
        .tuple(...type.fields.map((field) => anyValue(field.type)))
        .map((values) => Object.fromEntries(type.fields.map((field, i) => [field.name, values[i]])));
    default:
      throw new Error(`no values of type ${type.kind}`);
  }
}

export function columnOf(type: DataType, values: readonly unknown[]): Column {
  const builder = columnBuilder(type, values.length === 0 ? 0 : 1);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** The same rows behind another layout: cut out of a longer column, put together from pieces, or text by dictionary. */
export type Guise = "plain" | "slice" | "concat" | "dictionary";
export const anyGuise: fc.Arbitrary<Guise> = fc.constantFrom("plain", "slice", "concat", "dictionary");

export function inGuise(type: DataType, values: readonly unknown[], guise: Guise): Column {
  switch (guise) {
    case "plain":
      return columnOf(type, values);
    case "slice": {
      const around = [...values, null, ...values, ...values];
      return sliceColumn(columnOf(type, around), values.length + 1, 2 * values.length + 1);
    }
    case "concat": {
      const middle = values.length >> 1;
      const pieces = [values.slice(0, middle), values.slice(middle)].map((part) =>
        part.every((value) => value === null) ? nullColumn(type, part.length) : columnOf(type, part),
      );
      return concatColumns(pieces);
    }
    case "dictionary":
      return type.kind === "utf8" ? dictionaryOf(values as (string | null)[]) : columnOf(type, values);
  }
}

/** A dictionary in reverse order of appearance, with one text twice and one that no row uses. */
export function dictionaryOf(values: readonly (string | null)[]): Column {
  const texts = [...new Set(values.filter((value) => value !== null))].reverse();
  const entries = ["unused", ...texts, ...texts.slice(0, 1)];
  const dictionary = columnOf(utf8(), entries) as BytesColumn;
  const column = columnOf(
    int32(),
    values.map((value) => (value === null ? null : entries.lastIndexOf(value))),
  );
  if (column.layout !== "int32") throw new Error("int32 is stored as int32");
  return {
    layout: "dictionary",
    type: utf8(),
    length: values.length,
    nullCount: column.nullCount,
    validity: column.validity,
    indices: column.values,
    dictionary,
  };
}

export const anyColumn: fc.Arbitrary<ColumnOfValues> = anyType.chain((type) =>
  fc
    .tuple(fc.array(anyValue(type), { maxLength: 24 }), anyGuise)
    .map(([values, guise]) => ({ values, column: inGuise(type, values, guise) })),
);
