import { AnalysisError } from "../common/millrace-error.js";
import type { DataType, Field, Schema } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { sameType } from "../types/same-type.js";
import {
  binary,
  bool,
  field,
  float64,
  int64,
  list,
  nullType,
  schema,
  timestamp,
  utf8,
} from "../types/type-constructors.js";

export type RowObject = Readonly<Record<string, unknown>>;

/**
 * The schema of row objects, from all of them: number is float64, bigint int64, Date an instant, objects are structs.
 * Columns stand in the order in which they first appear; every one may be NULL.
 * @throws AnalysisError TYPE_NOT_INFERRED for a column without any value, or with values of two types
 */
export function inferSchema(rows: readonly RowObject[]): Schema {
  requireRowObjects(rows);
  const members = inferMembers(rows, "");
  if (members.length === 0) throw notInferred("The rows have no columns to take a schema from");
  for (const member of members) requireKnown(member.name, member.type);
  return schema(members);
}

/** @throws AnalysisError ROW_SHAPE for a row that is not an object */
export function requireRowObjects(rows: readonly unknown[]): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row === "object" && row !== null && !Array.isArray(row)) continue;
    const what = row === null ? "null" : Array.isArray(row) ? "an array" : `a value of type ${typeof row}`;
    throw new AnalysisError("ROW_SHAPE", `Row ${i} is ${what}, not an object.`, {
      hint: "Give each row as an object of its columns: { name: value, ... }.",
    });
  }
}

function inferMembers(rows: readonly RowObject[], path: string): readonly Field[] {
  const types = new Map<string, DataType>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const place = path === "" ? name : `${path}.${name}`;
      types.set(name, mergedType(types.get(name) ?? nullType(), typeOfValue(value, place), place));
    }
  }
  return [...types].map(([name, type]) => field(name, type));
}

function typeOfValue(value: unknown, place: string): DataType {
  switch (typeof value) {
    case "undefined":
      return nullType();
    case "boolean":
      return bool();
    case "number":
      return float64();
    case "bigint":
      return int64();
    case "string":
      return utf8();
    case "object":
      return value === null ? nullType() : typeOfObject(value, place);
    default:
      throw notInferred(`Column '${place}' has a value of type ${typeof value}`);
  }
}

function typeOfObject(value: object, place: string): DataType {
  if (Array.isArray(value)) {
    const types = value.map((element) => typeOfValue(element, `${place}.element`));
    return list(types.reduce((a, b) => mergedType(a, b, `${place}.element`), nullType()));
  }
  if (isDate(value)) return timestamp();
  if (value instanceof Uint8Array) return binary();
  if (ArrayBuffer.isView(value) || Symbol.iterator in value) {
    throw notInferred(`Column '${place}' has a value of class ${value.constructor.name}`);
  }
  return Object.freeze({ kind: "struct", fields: inferMembers([value as RowObject], place) });
}

function mergedType(a: DataType, b: DataType, place: string): DataType {
  if (a.kind === "null") return b;
  if (b.kind === "null") return a;
  if (a.kind === "list" && b.kind === "list") return list(mergedType(a.element, b.element, `${place}.element`));
  if (a.kind === "struct" && b.kind === "struct")
    return Object.freeze({ kind: "struct", fields: mergedFields(a.fields, b.fields, place) });
  if (sameType(a, b)) return a;
  throw notInferred(`Column '${place}' has values of type ${formatType(a)} and of type ${formatType(b)}`);
}

function mergedFields(a: readonly Field[], b: readonly Field[], place: string): readonly Field[] {
  const types = new Map(a.map(({ name, type }) => [name, type]));
  for (const { name, type } of b) types.set(name, mergedType(types.get(name) ?? nullType(), type, `${place}.${name}`));
  return [...types].map(([name, type]) => field(name, type));
}

function requireKnown(place: string, type: DataType): void {
  if (type.kind === "null") throw notInferred(`Column '${place}' has no value in any row`);
  if (type.kind === "list") requireKnown(`${place}.element`, type.element);
  if (type.kind === "struct") for (const member of type.fields) requireKnown(`${place}.${member.name}`, member.type);
}

/** Known by its class tag: a Date of another realm (a worker's, a test runner's) is one too. */
export function isDate(value: object): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}

function notInferred(what: string): AnalysisError {
  return new AnalysisError("TYPE_NOT_INFERRED", `${what}.`, {
    hint: "Give a schema: schemaOf({ name: utf8(), ... }).",
  });
}
