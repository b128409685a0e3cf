import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../columnar/buffers.js";
import type { Column } from "../columnar/column.js";
import { FormatError } from "../common/millrace-error.js";
import type { DataType, Field } from "../types/data-type.js";
import { JsonMemberOrder } from "./json-member-order.js";

export const JSON_BOOL = 0;
export const JSON_INT32 = 1;
export const JSON_INT64 = 2;
export const JSON_FLOAT64 = 3;
export const JSON_UTF8 = 4;
export const JSON_BINARY = 5;
export const JSON_DATE = 6;
export const JSON_TIMESTAMP = 7;
export const JSON_LIST = 8;
export const JSON_STRUCT = 9;

const NO_BYTES = new Uint8Array(0);
const NO_INTS = new Int32Array(0);
const NO_FLOATS = new Float64Array(0);
const NO_LONGS = new BigInt64Array(0);
const NO_WORDS = new DataView(NO_BYTES.buffer);
const NO_ORDER = new JsonMemberOrder(0);
/** From so many rows on, the bytes they have together say how many there will be. */
const TELLING_ROWS = 64;
const SPARE = 1.125;
const ALL_SET = 0x01010101;
const encoder = new TextEncoder();

/**
 * One column while JSON is read into it. One class for every type, so that the reader's code sees one shape of object.
 *
 * A row is NULL unless its validity byte is set. `filled` counts the rows whose offsets stand; `align(row)` moves it: forwards over
 * rows that got no value, backwards when a record is read again or dropped, so that nothing of it stays.
 */
export class JsonColumn {
  readonly type: DataType;
  readonly tag: number;
  /** struct: one per field; list: the elements. */
  readonly children: readonly JsonColumn[];
  /** struct: the fields' names as UTF-8. */
  readonly names: readonly Uint8Array[];
  /** struct: what its members were so far. */
  readonly order: JsonMemberOrder;
  capacity = 0;
  filled = 0;
  validity = NO_BYTES;
  bools = NO_BYTES;
  ints = NO_INTS;
  floats = NO_FLOATS;
  /** Low half first. */
  halves = NO_INTS;
  offsets = NO_INTS;
  text = NO_BYTES;
  /** Of `text`. */
  words = NO_WORDS;
  #longs = NO_LONGS;

  /** `previous` read the chunk before: its sizes are likely the ones needed now. */
  constructor(type: DataType, path: string, previous: JsonColumn | null = null) {
    this.type = type;
    this.tag = tagOf(type, path);
    this.children = childrenOf(type).map(
      (field, i) => new JsonColumn(field.type, `${path}.${field.name}`, previous?.children[i] ?? null),
    );
    if (previous !== null && previous.text.length > 0) this.growText(0, previous.offsets[previous.filled]);
    this.names = type.kind === "struct" ? type.fields.map((field) => encoder.encode(field.name)) : [];
    this.order = type.kind === "struct" ? (previous?.order ?? new JsonMemberOrder(type.fields.length)) : NO_ORDER;
  }

  /** Makes room for `rows` rows; nothing is lost. */
  grow(rows: number): void {
    if (rows <= this.capacity) return;
    const capacity = Math.max(rows, 2 * this.capacity, 16);
    this.validity = larger(this.validity, allocateBytes(capacity));
    switch (this.tag) {
      case JSON_BOOL:
        this.bools = larger(this.bools, allocateBytes(capacity));
        break;
      case JSON_INT32:
      case JSON_DATE:
        this.ints = larger(this.ints, allocateInt32(capacity));
        break;
      case JSON_INT64:
      case JSON_TIMESTAMP:
        this.#longs = larger(this.#longs, allocateInt64(capacity));
        this.halves = new Int32Array(this.#longs.buffer, this.#longs.byteOffset, 2 * capacity);
        break;
      case JSON_FLOAT64:
        this.floats = larger(this.floats, allocateFloat64(capacity));
        break;
      case JSON_STRUCT:
        for (const child of this.children) child.grow(capacity);
        break;
      default:
        this.offsets = larger(this.offsets, allocateInt32(capacity + 1));
    }
    this.capacity = capacity;
  }

  /** text, binary, list: makes `row` the next row to be filled. */
  align(row: number): void {
    if (this.filled < row) this.offsets.fill(this.offsets[this.filled], this.filled + 1, row + 1);
    this.filled = row;
  }

  /** Makes room for `length` more bytes of text behind `end`: for all rows there is room for, if they go on like this. */
  growText(end: number, length: number): void {
    const needed = end + length;
    const rows = this.filled + 1;
    const likely = rows < TELLING_ROWS ? 2 * needed : (SPARE * needed * this.capacity) / rows;
    this.text = larger(this.text, allocateBytes(Math.max(Math.ceil(likely), 2 * this.text.length, 1024)));
    this.words = new DataView(this.text.buffer, this.text.byteOffset, this.text.length);
  }

  setLong(row: number, value: bigint): void {
    this.#longs[row] = value;
  }

  /** The first `rows` rows as a column; this one must not be used again. */
  finish(rows: number): Column {
    this.grow(rows);
    const nullCount = rows - countSet(this.validity, rows);
    const base = { type: this.type, length: rows, nullCount, validity: nullCount === 0 ? null : this.validity };
    switch (this.tag) {
      case JSON_BOOL:
        return { ...base, layout: "bool", values: this.bools };
      case JSON_INT32:
      case JSON_DATE:
        return { ...base, layout: "int32", values: this.ints };
      case JSON_INT64:
      case JSON_TIMESTAMP:
        return { ...base, layout: "int64", values: this.#longs };
      case JSON_FLOAT64:
        return { ...base, layout: "float64", values: this.floats };
      case JSON_STRUCT:
        return { ...base, layout: "struct", children: this.children.map((child) => child.finish(rows)) };
      default:
        return this.#finishOffsets(rows, base);
    }
  }

  #finishOffsets(rows: number, base: Pick<Column, "type" | "length" | "nullCount" | "validity">): Column {
    this.align(rows);
    const { offsets } = this;
    if (this.tag !== JSON_LIST) return { ...base, layout: "bytes", offsets, bytes: this.text };
    const elements = elementsOf(this);
    return { ...base, layout: "list", offsets, elements: elements.finish(offsets[rows]) };
  }
}

/** The child of a list column. */
export function elementsOf(column: JsonColumn): JsonColumn {
  const elements = column.children[0];
  if (elements === undefined) throw new Error("Broken invariant: a list column has a column of elements");
  return elements;
}

/** Four flags at a time: most columns have no NULL. */
function countSet(flags: Uint8Array, length: number): number {
  const words = new Int32Array(flags.buffer, flags.byteOffset, length >> 2);
  let i = 0;
  while (i < words.length && words[i] === ALL_SET) i++;
  let count = 4 * i;
  for (i = count; i < length; i++) count += flags[i];
  return count;
}

function larger<A extends { set(from: A): void; length: number }>(from: A, to: A): A {
  to.set(from);
  return to;
}

function childrenOf(type: DataType): readonly Pick<Field, "name" | "type">[] {
  if (type.kind === "struct") return type.fields;
  return type.kind === "list" ? [{ name: "element", type: type.element }] : [];
}

const TAGS: { readonly [K in DataType["kind"]]?: number } = {
  bool: JSON_BOOL,
  int32: JSON_INT32,
  int64: JSON_INT64,
  float64: JSON_FLOAT64,
  utf8: JSON_UTF8,
  binary: JSON_BINARY,
  date: JSON_DATE,
  timestamp: JSON_TIMESTAMP,
  list: JSON_LIST,
  struct: JSON_STRUCT,
};

function tagOf(type: DataType, path: string): number {
  const tag = TAGS[type.kind];
  if (tag !== undefined) return tag;
  throw new FormatError("TYPE_NOT_SUPPORTED", `JSON cannot be read into column '${path}' of type ${type.kind}.`);
}
