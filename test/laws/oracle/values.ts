/** A value as the engine hands it out (int64 and timestamps bigint, dates days), and a row of them by position. */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[] | StructValue;
export interface StructValue {
  readonly [member: string]: Value;
}
export type Row = readonly Value[];

/** A text that two values share exactly when they are equal: every part says its kind, and its length where it varies. */
export function keyOf(value: Value): string {
  if (value === null) return "N";
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "number") return `d${value === 0 ? 0 : value};`;
  if (typeof value === "bigint") return `i${value};`;
  if (typeof value === "string") return `s${value.length}:${value}`;
  if (value instanceof Uint8Array) return `b${value.length}:${value.join(",")};`;
  const parts = isList(value) ? value : Object.values(value);
  return `${isList(value) ? "l" : "t"}${parts.length}:${parts.map(keyOf).join("")}`;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isStruct(value: Value): value is StructValue {
  return typeof value === "object" && value !== null && !isList(value) && !(value instanceof Uint8Array);
}

/** The order of values: NULL first, NaN greatest, text by code point (which is the order of its UTF-8 bytes). */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return rank(a) - rank(b);
  if (typeof a === "number" && typeof b === "number") return compareNumbers(a, b);
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return compareRows(codePoints(a), codePoints(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareRows([...a], [...b]);
  if (isList(a) && isList(b)) return compareRows(a, b);
  if (isStruct(a) && isStruct(b)) return compareRows(Object.values(a), Object.values(b));
  throw new Error(`Values of two types: ${keyOf(a)} and ${keyOf(b)}`);
}

export function compareRows(a: Row, b: Row): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function rank(value: Value): number {
  return value === null ? 0 : 1;
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function codePoints(text: string): number[] {
  return [...text].map((character) => character.codePointAt(0) ?? 0);
}
