/** Why a value cannot be kept as text: what it holds, in words. */
export class NotPlain extends Error {}

/** A tagged value is [TAG, kind, content]; an array that begins like one is tagged itself. */
const TAG = "$";

type Kind = "bigint" | "number" | "undefined" | "date" | "map" | "set" | "bare" | "array" | TypedArrayKind;
type TypedArrayKind = keyof typeof TYPED_ARRAYS;

const TYPED_ARRAYS = {
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
};

/**
 * Plain data as JSON text, from which `plainValueFromText` makes an equal value: JSON's own values, undefined, bigint,
 * NaN, infinities and -0, Date, typed arrays, Map, Set, arrays and objects of plain data.
 * @throws NotPlain where there is anything else, or one object in two places
 */
export function plainValueToText(value: unknown): string {
  const seen = new Set<object>();
  return JSON.stringify(encoded(value, seen));
}

export function plainValueFromText(text: string): unknown {
  return decoded(JSON.parse(text));
}

function encoded(value: unknown, seen: Set<object>): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : tagged("number", numberText(value));
    case "bigint":
      return tagged("bigint", String(value));
    case "undefined":
      return tagged("undefined", null);
    case "object":
      return value === null ? null : encodedObject(value, seen);
    default:
      throw new NotPlain(`a ${typeof value}`);
  }
}

function tagged(kind: Kind, content: unknown): unknown[] {
  return [TAG, kind, content];
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function encodedObject(value: object, seen: Set<object>): unknown {
  if (seen.has(value)) throw new NotPlain("one object in two places");
  seen.add(value);
  const inner = (each: unknown): unknown => encoded(each, seen);
  if (Array.isArray(value)) return encodedArray(Array.from(value, inner));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return encodedMembers(value, inner);
  if (prototype === null) return tagged("bare", encodedMembers(value, inner));
  if (prototype === Date.prototype) return tagged("date", inner((value as Date).getTime()));
  if (prototype === Map.prototype)
    return tagged(
      "map",
      Array.from(value as Map<unknown, unknown>, ([key, member]) => [inner(key), inner(member)]),
    );
  if (prototype === Set.prototype) return tagged("set", Array.from(value as Set<unknown>, inner));
  return encodedTypedArray(value);
}

function encodedArray(elements: unknown[]): unknown {
  return elements[0] === TAG ? tagged("array", elements) : elements;
}

function encodedMembers(value: object, inner: (member: unknown) => unknown): unknown {
  if (Object.getOwnPropertySymbols(value).length > 0) throw new NotPlain("an object with symbols as keys");
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inner(member)]));
}

function encodedTypedArray(value: object): unknown {
  for (const [kind, TypedArray] of Object.entries(TYPED_ARRAYS)) {
    if (!(value instanceof TypedArray) || Object.getPrototypeOf(value) !== TypedArray.prototype) continue;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return tagged(kind as TypedArrayKind, bytes.toString("base64"));
  }
  throw new NotPlain(`an instance of ${className(value)}`);
}

function className(value: object): string {
  // An object may have been given any prototype.
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "an unnamed class";
}

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value[0] === TAG ? untagged(value[1], value[2]) : value.map(decoded);
  return typeof value === "object" && value !== null ? decodedMembers(value) : value;
}

function decodedMembers(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, decoded(member)]));
}

function untagged(kind: Kind, content: unknown): unknown {
  switch (kind) {
    case "bigint":
      return BigInt(content as string);
    case "number":
      return Number(content);
    case "undefined":
      return undefined;
    case "date":
      return new Date(decoded(content) as number);
    case "map":
      return new Map((content as [unknown, unknown][]).map(([key, member]) => [decoded(key), decoded(member)]));
    case "set":
      return new Set((content as unknown[]).map(decoded));
    case "bare":
      return Object.setPrototypeOf(decodedMembers(content as object), null);
    case "array":
      return (content as unknown[]).map(decoded);
    default:
      return typedArray(kind, content as string);
  }
}

function typedArray(kind: TypedArrayKind, base64: string): unknown {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  return new TYPED_ARRAYS[kind](bytes.buffer);
}
