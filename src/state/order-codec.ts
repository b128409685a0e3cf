import type { BytesColumn, Column, NullColumn } from "../columnar/column.js";
import { unreachable } from "../common/unreachable.js";
import type { DataType, Field } from "../types/data-type.js";
import { ByteWriter } from "./byte-writer.js";

/**
 * Values of any type as bytes whose bytewise order is the order of the values: NULL first, NaN greatest, -0 = +0,
 * text by its bytes, lists and structs member by member. Equal values have equal bytes, so they serve as keys too.
 * (The idea: order-preserving keys of sorted key-value stores, e.g. FoundationDB's tuple layer.)
 *
 *   value  = 1 | 2 payload          1 = NULL
 *   int    = big-endian, sign bit flipped        float = likewise, all bits flipped when negative
 *   bytes  = with 0 as 0 255, then 0 0           list = its elements, then 0        struct = its members
 */
const END = 0;
const NULL = 1;
const VALUE = 2;
const ESCAPED = 0xff;

const scratch = new DataView(new ArrayBuffer(8));
const utf8Decoder = new TextDecoder();

/** The bytes of every row of `rows`; other rows get none. NULL rows are encoded too. */
export function encodeOrdered(column: Column, rows: Int32Array, count: number): BytesColumn {
  const writer = new ByteWriter();
  const selected = new Uint8Array(column.length);
  for (let i = 0; i < count; i++) selected[rows[i]] = 1;
  const offsets = new Int32Array(column.length + 1);
  for (let row = 0; row < column.length; row++) {
    if (selected[row] === 1) encodeValue(column, row, writer);
    offsets[row + 1] = writer.length;
  }
  return {
    layout: "bytes",
    type: { kind: "binary" },
    length: column.length,
    nullCount: 0,
    validity: null,
    offsets,
    bytes: writer.bytes,
  };
}

/** Appends the bytes of one row. */
export function encodeValue(column: Column, row: number, writer: ByteWriter): void {
  if (column.layout === "null" || (column.validity !== null && column.validity[row] === 0)) {
    writer.byte(NULL);
    return;
  }
  writer.byte(VALUE);
  encodePayload(column, row, writer);
}

function encodePayload(column: Exclude<Column, NullColumn>, row: number, writer: ByteWriter): void {
  switch (column.layout) {
    case "bool":
      writer.byte(column.values[row]);
      break;
    case "int32":
      writeInt32(column.values[row], writer);
      break;
    case "int64":
      writeInt64(column.values[row], writer);
      break;
    case "float64":
      writeFloat64(column.values[row], writer);
      break;
    case "bytes":
      writeBytes(column, row, writer);
      break;
    case "dictionary":
      writeBytes(column.dictionary, column.indices[row], writer);
      break;
    case "list":
      for (let i = column.offsets[row]; i < column.offsets[row + 1]; i++) encodeValue(column.elements, i, writer);
      writer.byte(END);
      break;
    case "struct":
      for (const child of column.children) encodeValue(child, row, writer);
      break;
    default:
      unreachable(column);
  }
}

function writeInt32(value: number, writer: ByteWriter): void {
  scratch.setInt32(0, value ^ 0x80000000);
  writeScratch(4, writer);
}

function writeInt64(value: bigint, writer: ByteWriter): void {
  scratch.setBigInt64(0, value);
  scratch.setInt32(0, scratch.getInt32(0) ^ 0x80000000);
  writeScratch(8, writer);
}

function writeFloat64(value: number, writer: ByteWriter): void {
  scratch.setFloat64(0, Number.isNaN(value) ? Number.NaN : value + 0);
  const high = scratch.getInt32(0);
  if (high < 0) scratch.setInt32(4, ~scratch.getInt32(4));
  scratch.setInt32(0, high < 0 ? ~high : high ^ 0x80000000);
  writeScratch(8, writer);
}

function writeScratch(length: number, writer: ByteWriter): void {
  for (let i = 0; i < length; i++) writer.byte(scratch.getUint8(i));
}

function writeBytes(column: BytesColumn, row: number, writer: ByteWriter): void {
  const { bytes, offsets } = column;
  for (let i = offsets[row]; i < offsets[row + 1]; i++) {
    writer.byte(bytes[i]);
    if (bytes[i] === 0) writer.byte(ESCAPED);
  }
  writer.byte(END);
  writer.byte(END);
}

/** Reads values back, as the builders of columnar take them. */
export class OrderedReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  read(type: DataType): unknown {
    return this.#next() === NULL ? null : this.#payload(type);
  }

  #payload(type: DataType): unknown {
    switch (type.kind) {
      case "bool":
        return this.#next() === 1;
      case "int32":
      case "date":
        this.#load(4);
        return scratch.getInt32(0) ^ 0x80000000;
      case "int64":
      case "timestamp":
        this.#load(8);
        scratch.setInt32(0, scratch.getInt32(0) ^ 0x80000000);
        return scratch.getBigInt64(0);
      case "float64":
        return this.#float();
      case "utf8":
        return utf8Decoder.decode(this.#unescaped());
      case "binary":
        return this.#unescaped();
      case "list":
        return this.#list(type.element);
      case "struct":
        return this.#struct(type.fields);
      default:
        throw new Error(`Broken invariant: a value of type ${type.kind} has no ordered bytes`);
    }
  }

  #float(): number {
    this.#load(8);
    const high = scratch.getInt32(0);
    const isNegative = high >= 0;
    scratch.setInt32(0, isNegative ? ~high : high ^ 0x80000000);
    if (isNegative) scratch.setInt32(4, ~scratch.getInt32(4));
    return scratch.getFloat64(0);
  }

  #unescaped(): Uint8Array {
    const writer = new ByteWriter();
    for (;;) {
      const byte = this.#next();
      if (byte === 0 && this.#next() === END) return writer.bytes.slice(0, writer.length);
      writer.byte(byte);
    }
  }

  #list(element: DataType): unknown[] {
    const values: unknown[] = [];
    while (this.#bytes[this.#at] !== END) values.push(this.read(element));
    this.#at++;
    return values;
  }

  #struct(fields: readonly Field[]): unknown {
    const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const field of fields) value[field.name] = this.read(field.type);
    return value;
  }

  #load(length: number): void {
    for (let i = 0; i < length; i++) scratch.setUint8(i, this.#next());
  }

  #next(): number {
    return this.#bytes[this.#at++];
  }
}
