import { unreachable } from "../common/unreachable.js";
import type { DataType } from "../types/data-type.js";
import { packBits } from "./bitmap.js";
import { allocateBytes } from "./buffers.js";
import type { Column } from "./column.js";
import { plainColumn } from "./decode-dictionary.js";
import { offsetsFromZero } from "./offsets-from-zero.js";
import { sliceColumn } from "./slice.js";

/** One buffer of a body. Its bytes are made when they are written: values that a column makes when they are read are made then. */
export interface BodyBuffer {
  readonly bytes: number;
  read(): ArrayBufferView;
}

const INT32_BYTES = 4;
const WORD_BYTES = 8;

/** The arrays of one record batch in the order in which Arrow stores them: each array before its children. */
export class ArrowBatchBody {
  /** By array: its length and how many of it are NULL. */
  readonly nodes: number[] = [];
  readonly buffers: BodyBuffer[] = [];

  constructor(columns: readonly Column[]) {
    for (const column of columns) this.#add(plainColumn(column));
  }

  #add(column: Column): void {
    const { length, nullCount, validity } = column;
    if (column.layout === "null") {
      this.#addNulls(column.type, length);
      return;
    }
    this.nodes.push(length, nullCount);
    if (validity === null) this.#put(0, () => allocateBytes(0));
    else this.#put(bitmapBytes(length), () => packBits(validity, length));
    this.#addValues(column);
  }

  /** Rows that are NULL: of the type Null nothing is stored, of others zeros in place of values. */
  #addNulls(type: DataType, length: number): void {
    this.nodes.push(length, length);
    if (type.kind === "null") return;
    this.#putZeros(bitmapBytes(length));
    switch (type.kind) {
      case "bool":
        this.#putZeros(bitmapBytes(length));
        return;
      case "int32":
      case "date":
        this.#putZeros(length * INT32_BYTES);
        return;
      case "utf8":
      case "binary":
        this.#putZeros((length + 1) * INT32_BYTES);
        this.#putZeros(0);
        return;
      case "list":
        this.#putZeros((length + 1) * INT32_BYTES);
        this.#addNulls(type.element, 0);
        return;
      case "struct":
        for (const field of type.fields) this.#addNulls(field.type, length);
        return;
      default:
        this.#putZeros(length * WORD_BYTES);
    }
  }

  #addValues(column: Exclude<Column, { layout: "null" }>): void {
    const { length } = column;
    switch (column.layout) {
      case "bool":
        this.#put(bitmapBytes(length), () => packBits(column.values, length));
        return;
      case "int32":
        this.#put(length * INT32_BYTES, () => column.values.subarray(0, length));
        return;
      case "int64":
        this.#put(length * WORD_BYTES, () => column.values.subarray(0, length));
        return;
      case "float64":
        this.#put(length * WORD_BYTES, () => column.values.subarray(0, length));
        return;
      case "bytes": {
        const { offsets, bytes } = column;
        this.#addOffsets(offsets, length);
        this.#put(offsets[length] - offsets[0], () => bytes.subarray(offsets[0], offsets[length]));
        return;
      }
      case "list":
        this.#addOffsets(column.offsets, length);
        this.#add(sliceColumn(column.elements, column.offsets[0], column.offsets[length]));
        return;
      case "struct":
        for (const child of column.children) this.#add(child);
        return;
      case "dictionary":
        throw new Error("Broken invariant: dictionaries are decoded before");
      default:
        unreachable(column);
    }
  }

  #addOffsets(offsets: Int32Array, length: number): void {
    this.#put((length + 1) * INT32_BYTES, () => offsetsFromZero(offsets, length));
  }

  #putZeros(bytes: number): void {
    this.#put(bytes, () => allocateBytes(bytes));
  }

  #put(bytes: number, read: () => ArrayBufferView): void {
    this.buffers.push({ bytes, read });
  }
}

/** Bytes of bits, as packBits gives them. */
function bitmapBytes(length: number): number {
  return ((length + 63) >> 6) * WORD_BYTES;
}
