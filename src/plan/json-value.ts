/** JSON with two tagged forms, because plans hold 64-bit integers, bytes and numbers that JSON lacks. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

const TAG = "$";

/** Frozen plain data as JSON: bigint, bytes, NaN, infinities and -0 become `{ "$": kind, value }`; absent members stay absent. */
export function toJsonValue(value: unknown): JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number")
    return isPlainNumber(value) ? value : { [TAG]: "number", value: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "bigint") return { [TAG]: "bigint", value: String(value) };
  if (value instanceof Uint8Array) return { [TAG]: "bytes", value: Array.from(value, hexOf).join("") };
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (typeof value === "object") return Object.fromEntries(membersOf(value));
  throw new Error(`Broken invariant: a plan holds a ${typeof value}`);
}

function membersOf(value: object): [string, JsonValue][] {
  return Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, toJsonValue(member)]]));
}

function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** The inverse; objects come back frozen. */
export function fromJsonValue(json: JsonValue): unknown {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return Object.freeze(json.map(fromJsonValue));
  const record = json as { readonly [key: string]: JsonValue };
  if (typeof record[TAG] === "string") return untag(record[TAG], String(record.value));
  return Object.freeze(Object.fromEntries(Object.entries(record).map(([key, member]) => [key, fromJsonValue(member)])));
}

function untag(kind: string, text: string): unknown {
  switch (kind) {
    case "bigint":
      return BigInt(text);
    case "number":
      return Number(text);
    case "bytes":
      return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
    default:
      throw new Error(`Broken invariant: unknown tag ${kind} in the JSON of a plan`);
  }
}
