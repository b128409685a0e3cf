import { decodeBase64 } from "./base64.js";
import {
  elementsOf,
  JSON_BINARY,
  JSON_BOOL,
  JSON_DATE,
  JSON_FLOAT64,
  JSON_INT32,
  JSON_INT64,
  JSON_LIST,
  JSON_TIMESTAMP,
  JSON_UTF8,
  type JsonColumn,
} from "./json-column.js";
import type { JsonCursor } from "./json-cursor.js";
import { TimeParser } from "./time-parser.js";
import { isValidUtf8 } from "./utf8.js";

const QUOTE = 34;
const TWO_32 = 4294967296;
const WORD = 4;
/** Bytes from which on a call that copies pays. */
const LONG = 64;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Reads one JSON value at the cursor into one row of a column. Every method returns false where the text is not JSON; text that is JSON but
 * does not fit the type makes the value NULL and sets `mismatch`.
 */
export class JsonValueReader {
  readonly cursor: JsonCursor;
  /** Some value since this was last cleared did not fit its type. */
  mismatch = false;
  readonly #time = new TimeParser();

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  /** Any value; the row must be below the column's capacity. */
  read(column: JsonColumn, row: number): boolean {
    const byte = this.cursor.peek();
    if (byte === 110) {
      column.validity[row] = 0;
      return this.cursor.scanWord("null");
    }
    switch (column.tag) {
      case JSON_BOOL:
        return this.#bool(column, row, byte);
      case JSON_INT32:
      case JSON_INT64:
        return this.#integer(column, row, byte);
      case JSON_FLOAT64:
        return this.#float(column, row, byte);
      case JSON_UTF8:
        return byte === QUOTE ? this.#text(column, row) : this.#rawText(column, row);
      case JSON_BINARY:
        return byte === QUOTE ? this.#binary(column, row) : this.#misfit(column, row);
      case JSON_DATE:
      case JSON_TIMESTAMP:
        return byte === QUOTE ? this.#timeValue(column, row) : this.#misfit(column, row);
      case JSON_LIST:
        return byte === 91 ? this.#list(column, row) : this.#misfit(column, row);
      default:
        return byte === 123 ? this.object(column, row) : this.#misfit(column, row);
    }
  }

  /** At an opening brace: members by name, in any order; unknown ones are skipped, the last of equal ones counts. */
  object(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    const { children } = column;
    column.validity[row] = 1;
    for (let i = 0; i < children.length; i++) {
      const child = children[i];
      if (child !== undefined) child.validity[row] = 0;
    }
    if (!cursor.enter()) return false;
    cursor.pos++;
    if (cursor.peek() === 125) {
      cursor.pos++;
      cursor.leave();
      return true;
    }
    const { order } = column;
    let place = 0;
    for (;;) {
      let index: number;
      if (order.accepts(place, cursor)) {
        index = order.fieldAt(place++);
      } else {
        if (!cursor.skipName()) return false;
        index = indexOfName(column, cursor);
        cursor.peek();
        place = order.learn(place, index, cursor);
      }
      const child = index < 0 ? undefined : children[index];
      if (!(child === undefined ? cursor.skipValue() : this.read(child, row))) return false;
      const byte = cursor.peek();
      cursor.pos++;
      if (byte === 125) break;
      if (byte !== 44) return false;
    }
    cursor.leave();
    return true;
  }

  #bool(column: JsonColumn, row: number, byte: number): boolean {
    const isTrue = byte === 116;
    if (!isTrue && byte !== 102) return this.#misfit(column, row);
    column.bools[row] = isTrue ? 1 : 0;
    column.validity[row] = 1;
    return this.cursor.scanWord(isTrue ? "true" : "false");
  }

  #integer(column: JsonColumn, row: number, byte: number): boolean {
    const { cursor } = this;
    if (byte !== 45 && (byte < 48 || byte > 57)) return this.#misfit(column, row);
    const value = cursor.shortNumber();
    if (Number.isNaN(value)) return this.#largeInteger(column, row);
    if (!cursor.isInteger) return this.#reject(column, row);
    if (column.tag === JSON_INT64) writeHalves(column, row, value);
    else if (value === (value | 0)) column.ints[row] = value;
    else return this.#reject(column, row);
    column.validity[row] = 1;
    return true;
  }

  /** Beyond 15 digits: exact by way of a bigint, which few values need. */
  #largeInteger(column: JsonColumn, row: number): boolean {
    if (!this.cursor.scanNumber()) return false;
    if (!this.cursor.isInteger || column.tag !== JSON_INT64) return this.#reject(column, row);
    const value = BigInt(this.cursor.numberText());
    if (value < INT64_MIN || value > INT64_MAX) return this.#reject(column, row);
    column.setLong(row, value);
    column.validity[row] = 1;
    return true;
  }

  #float(column: JsonColumn, row: number, byte: number): boolean {
    const { cursor } = this;
    if (byte !== 45 && (byte < 48 || byte > 57))
      return byte === QUOTE ? this.#namedFloat(column, row) : this.#misfit(column, row);
    const value = cursor.shortNumber();
    if (Number.isNaN(value)) {
      if (!cursor.scanNumber()) return false;
      column.floats[row] = cursor.float();
    } else {
      column.floats[row] = value;
    }
    column.validity[row] = 1;
    return true;
  }

  /** JSON has no words for NaN and infinity; toJson writes them as text. */
  #namedFloat(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    if (!cursor.scanString()) return false;
    const value = NAMED_FLOATS.get(tokenText(cursor, 9));
    if (value === undefined) return this.#reject(column, row);
    column.floats[row] = value;
    column.validity[row] = 1;
    return true;
  }

  #text(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    if (column.filled !== row) column.align(row);
    const start = column.offsets[row];
    const length = cursor.copyString(column.words, start);
    if (length < 0) {
      if (!cursor.scanString()) return false;
      appendToken(column, row, cursor);
      return true;
    }
    column.offsets[row + 1] = start + length;
    column.filled = row + 1;
    column.validity[row] = 1;
    return true;
  }

  /** A number, a list, an object as text is its JSON. */
  #rawText(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    const from = cursor.pos;
    if (!cursor.skipValue()) return false;
    this.#setToken(cursor.bytes, from, cursor.pos);
    if (!isValidUtf8(cursor.bytes, from, cursor.pos)) return false;
    appendToken(column, row, cursor);
    return true;
  }

  #binary(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    if (!cursor.scanString()) return false;
    column.align(row);
    const start = column.offsets[row];
    const text = cursor.tokenBytes.subarray(cursor.tokenFrom, cursor.tokenTo);
    if (start + text.length > column.text.length) column.growText(start, text.length);
    const length = decodeBase64(text, column.text, start);
    if (length < 0) return this.#reject(column, row);
    column.offsets[row + 1] = start + length;
    column.filled = row + 1;
    column.validity[row] = 1;
    return true;
  }

  #timeValue(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    const time = this.#time;
    if (column.tag === JSON_TIMESTAMP && this.#plainUtc()) return this.#putTime(column, row);
    if (!cursor.scanString()) return false;
    const { tokenBytes, tokenFrom, tokenTo } = cursor;
    if (column.tag === JSON_TIMESTAMP) {
      return time.timestamp(tokenBytes, tokenFrom, tokenTo) ? this.#putTime(column, row) : this.#reject(column, row);
    }
    if (!time.date(tokenBytes, tokenFrom, tokenTo)) return this.#reject(column, row);
    column.ints[row] = time.days;
    column.validity[row] = 1;
    return true;
  }

  /** The string at the cursor is a time as most write it: nothing in it needs to be looked at twice. */
  #plainUtc(): boolean {
    const { cursor } = this;
    const from = cursor.pos + 1;
    if (from + 24 > cursor.bytes.length) return false;
    const length = this.#time.plainUtc(cursor.words, from);
    const to = from + length;
    if (length === 0 || to >= cursor.end || cursor.bytes[to] !== QUOTE) return false;
    cursor.pos = to + 1;
    return true;
  }

  #putTime(column: JsonColumn, row: number): boolean {
    const micros = this.#time.micros();
    if (Number.isSafeInteger(micros)) writeHalves(column, row, micros);
    else column.setLong(row, this.#time.bigMicros());
    column.validity[row] = 1;
    return true;
  }

  #list(column: JsonColumn, row: number): boolean {
    const { cursor } = this;
    const elements = elementsOf(column);
    column.align(row);
    let next = column.offsets[row];
    if (!cursor.enter()) return false;
    cursor.pos++;
    if (cursor.peek() === 93) {
      cursor.pos++;
    } else {
      for (;;) {
        if (next >= elements.capacity) elements.grow(next + 1);
        if (!this.read(elements, next)) return false;
        next++;
        const byte = cursor.peek();
        cursor.pos++;
        if (byte === 93) break;
        if (byte !== 44) return false;
      }
    }
    cursor.leave();
    column.offsets[row + 1] = next;
    column.filled = row + 1;
    column.validity[row] = 1;
    return true;
  }

  /** Text from elsewhere as the value of a row: the record that could not be read. */
  writeText(column: JsonColumn, row: number, text: Uint8Array): void {
    this.#setToken(text, 0, text.length);
    appendToken(column, row, this.cursor);
  }

  #setToken(...[bytes, from, to]: [Uint8Array, number, number]): void {
    this.cursor.tokenBytes = bytes;
    this.cursor.tokenFrom = from;
    this.cursor.tokenTo = to;
  }

  #misfit(column: JsonColumn, row: number): boolean {
    this.#reject(column, row);
    return this.cursor.skipValue();
  }

  #reject(column: JsonColumn, row: number): boolean {
    column.validity[row] = 0;
    this.mismatch = true;
    return true;
  }
}

/** A member that the schema does not name. */
const UNKNOWN = -1;

const NAMED_FLOATS = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["+Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

function indexOfName(column: JsonColumn, cursor: JsonCursor): number {
  const { names } = column;
  const { tokenBytes, tokenFrom, tokenTo } = cursor;
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    if (name === undefined || name.length !== tokenTo - tokenFrom) continue;
    let i = 0;
    while (i < name.length && name[i] === tokenBytes[tokenFrom + i]) i++;
    if (i === name.length) return index;
  }
  return UNKNOWN;
}

/** `value` is a whole number below 2^53: split into two's complement halves, low half first. */
function writeHalves(column: JsonColumn, row: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  column.halves[2 * row] = value - high * TWO_32;
  column.halves[2 * row + 1] = high;
  column.validity[row] = 1;
}

/** The text scanned last becomes the value of a row. */
function appendToken(column: JsonColumn, row: number, cursor: JsonCursor): void {
  const { tokenBytes, tokenFrom, tokenTo } = cursor;
  const length = tokenTo - tokenFrom;
  if (column.filled !== row) column.align(row);
  const start = column.offsets[row];
  // Whole words are copied, over what the next row covers again.
  if (start + length + WORD > column.text.length) column.growText(start, length + WORD);
  if (length > LONG || tokenBytes !== cursor.bytes || tokenTo + WORD > tokenBytes.length) {
    column.text.set(tokenBytes.subarray(tokenFrom, tokenTo), start);
  } else {
    const { words } = column;
    const from = cursor.words;
    for (let i = 0; i < length; i += WORD) words.setInt32(start + i, from.getInt32(tokenFrom + i, true), true);
  }
  column.offsets[row + 1] = start + length;
  column.filled = row + 1;
  column.validity[row] = 1;
}

function tokenText(cursor: JsonCursor, maxLength: number): string {
  const to = Math.min(cursor.tokenTo, cursor.tokenFrom + maxLength + 1);
  return String.fromCharCode(...cursor.tokenBytes.subarray(cursor.tokenFrom, to));
}
