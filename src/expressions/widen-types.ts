import type { DataType, Field } from "../types/data-type.js";
import { sameType } from "../types/same-type.js";

const NUMERIC_ORDER = ["int32", "int64", "float64"];

/**
 * The narrowest type that holds the values of both, or null when there is none. int32 < int64 < float64; a date widens to
 * a timestamp, NULL to anything; lists and structs member by member. Text widens to nothing else: a string against a
 * number is a mistake more often than a wish.
 */
export function commonType(left: DataType, right: DataType): DataType | null {
  if (sameType(left, right)) return left;
  if (left.kind === "null") return right;
  if (right.kind === "null") return left;
  return commonNumber(left, right) ?? commonTime(left, right) ?? commonNested(left, right);
}

/** The common type of all, or null. No types at all have the null type. */
export function commonTypeOf(types: readonly DataType[]): DataType | null {
  return types.reduce<DataType | null>((common, type) => (common === null ? null : commonType(common, type)), {
    kind: "null",
  });
}

function commonNumber(left: DataType, right: DataType): DataType | null {
  const a = NUMERIC_ORDER.indexOf(left.kind);
  const b = NUMERIC_ORDER.indexOf(right.kind);
  if (a < 0 || b < 0) return null;
  return a >= b ? left : right;
}

/** Zoned timestamps are all instants, so the left zone (a matter of display) stands; wall-clock time never mixes with them. */
function commonTime(left: DataType, right: DataType): DataType | null {
  if (left.kind === "timestamp" && right.kind === "timestamp") {
    return (left.zone === null) === (right.zone === null) ? left : null;
  }
  if (left.kind === "timestamp" && right.kind === "date") return left;
  if (left.kind === "date" && right.kind === "timestamp") return right;
  return null;
}

function commonNested(left: DataType, right: DataType): DataType | null {
  if (left.kind === "list" && right.kind === "list") {
    const element = commonType(left.element, right.element);
    return element === null ? null : { kind: "list", element, containsNull: left.containsNull || right.containsNull };
  }
  if (left.kind === "struct" && right.kind === "struct") return commonStruct(left.fields, right.fields);
  return null;
}

function commonStruct(left: readonly Field[], right: readonly Field[]): DataType | null {
  if (left.length !== right.length) return null;
  const fields: Field[] = [];
  for (const [i, field] of left.entries()) {
    const type = commonType(field.type, right[i].type);
    if (type === null || field.name !== right[i].name) return null;
    fields.push({ name: field.name, type, nullable: field.nullable || right[i].nullable });
  }
  return { kind: "struct", fields };
}
