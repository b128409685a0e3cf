import { assert } from "../common/assert.js";
import { unreachable } from "../common/unreachable.js";
import type { DataType, Field, Schema } from "../types/data-type.js";
import { JsonCursor } from "./json-cursor.js";

const UTF8: DataType = Object.freeze({ kind: "utf8" });
const INT64: DataType = Object.freeze({ kind: "int64" });
const FLOAT64: DataType = Object.freeze({ kind: "float64" });
const BOOL: DataType = Object.freeze({ kind: "bool" });
const NEWLINE = 10;
const decoder = new TextDecoder();

/** What a value, or several at the same place, can be. `nothing`: only NULLs so far. */
type Guess =
  | { readonly kind: "nothing" | "bool" | "int64" | "float64" | "utf8" }
  | { readonly kind: "list"; readonly element: Guess }
  | { readonly kind: "struct"; readonly fields: Map<string, Guess> };

const NOTHING: Guess = { kind: "nothing" };

export interface InferredJson {
  readonly schema: Schema;
  /** Records among those looked at that are not JSON objects. */
  readonly malformed: number;
}

/**
 * A schema from the first `maxRecords` JSON lines: whole numbers are int64, whole and broken ones together float64, anything else that
 * disagrees, and what is always NULL, is text. Fields in the order of their first appearance, all nullable. Dates stay text.
 */
export function inferJsonSchema(bytes: Uint8Array, maxRecords: number): InferredJson {
  const cursor = new JsonCursor();
  cursor.lines = true;
  cursor.use(bytes, 0, bytes.length);
  let guess: Guess = NOTHING;
  let malformed = 0;
  for (let records = 0; records < maxRecords; ) {
    const byte = cursor.peek();
    if (byte === -1) break;
    if (byte === NEWLINE) {
      cursor.pos++;
      continue;
    }
    records++;
    const from = cursor.pos;
    const record = byte === 123 ? guessValue(cursor) : null;
    const isWhole = record !== null && (cursor.peek() === -1 || cursor.peek() === NEWLINE);
    if (isWhole) guess = merge(guess, record);
    else malformed += skipLine(cursor, from);
  }
  return { schema: schemaOf(guess), malformed };
}

function skipLine(cursor: JsonCursor, from: number): 1 {
  const end = cursor.bytes.indexOf(NEWLINE, from);
  cursor.pos = end < 0 ? cursor.end : end;
  cursor.depth = 0;
  return 1;
}

/** null: not JSON. */
function guessValue(cursor: JsonCursor): Guess | null {
  const byte = cursor.peek();
  if (byte === 123) return guessObject(cursor);
  if (byte === 91) return guessList(cursor);
  if (!cursor.skipValue()) return null;
  if (byte === 34) return { kind: "utf8" };
  if (byte === 116 || byte === 102) return { kind: "bool" };
  if (byte === 110) return NOTHING;
  return { kind: cursor.isInteger && fitsInt64(cursor) ? "int64" : "float64" };
}

function fitsInt64(cursor: JsonCursor): boolean {
  return cursor.digits < 19 || BigInt.asIntN(64, BigInt(cursor.numberText())) === BigInt(cursor.numberText());
}

function guessObject(cursor: JsonCursor): Guess | null {
  const fields = new Map<string, Guess>();
  const isWhole = eachMember(cursor, 125, () => {
    if (!cursor.skipName()) return false;
    const name = decoder.decode(cursor.tokenBytes.subarray(cursor.tokenFrom, cursor.tokenTo));
    const value = guessValue(cursor);
    if (value !== null) fields.set(name, value);
    return value !== null;
  });
  return isWhole ? { kind: "struct", fields } : null;
}

function guessList(cursor: JsonCursor): Guess | null {
  let element: Guess = NOTHING;
  const isWhole = eachMember(cursor, 93, () => {
    const value = guessValue(cursor);
    if (value !== null) element = merge(element, value);
    return value !== null;
  });
  return isWhole ? { kind: "list", element } : null;
}

/** At an opening bracket: calls `member` for everything between commas. */
function eachMember(cursor: JsonCursor, close: number, member: () => boolean): boolean {
  if (!cursor.enter()) return false;
  cursor.pos++;
  let separator = cursor.peek() === close ? close : 44;
  if (separator === close) cursor.pos++;
  while (separator === 44) {
    if (!member()) return false;
    separator = cursor.peek();
    cursor.pos++;
  }
  cursor.leave();
  return separator === close;
}

function merge(a: Guess, b: Guess): Guess {
  if (a.kind === "nothing") return b;
  if (b.kind === "nothing") return a;
  if (a.kind === "struct" && b.kind === "struct") return mergeStructs(a.fields, b.fields);
  if (a.kind === "list" && b.kind === "list") return { kind: "list", element: merge(a.element, b.element) };
  if (a.kind === b.kind) return a;
  const isNumber = (guess: Guess): boolean => guess.kind === "int64" || guess.kind === "float64";
  return { kind: isNumber(a) && isNumber(b) ? "float64" : "utf8" };
}

function mergeStructs(a: ReadonlyMap<string, Guess>, b: ReadonlyMap<string, Guess>): Guess {
  const fields = new Map(a);
  for (const [name, guess] of b) fields.set(name, merge(fields.get(name) ?? NOTHING, guess));
  return { kind: "struct", fields };
}

function schemaOf(guess: Guess): Schema {
  if (guess.kind === "nothing") return { fields: [] };
  assert(guess.kind === "struct", "only objects count as records");
  return { fields: fieldsOf(guess.fields) };
}

function fieldsOf(fields: ReadonlyMap<string, Guess>): readonly Field[] {
  return Array.from(fields, ([name, guess]) => ({ name, type: typeOf(guess), nullable: true }));
}

function typeOf(guess: Guess): DataType {
  switch (guess.kind) {
    case "nothing":
    case "utf8":
      return UTF8;
    case "bool":
      return BOOL;
    case "int64":
      return INT64;
    case "float64":
      return FLOAT64;
    case "list":
      return { kind: "list", element: typeOf(guess.element), containsNull: true };
    case "struct":
      return { kind: "struct", fields: fieldsOf(guess.fields) };
    default:
      return unreachable(guess);
  }
}
