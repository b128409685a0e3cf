import { unreachable } from "../common/unreachable.js";
import { packBits } from "./bitmap.js";
import type { Column } from "./column.js";
import { plainColumn } from "./decode-dictionary.js";
import { sliceColumn } from "./slice.js";
import { offsetsFromZero, storedNulls } from "./stored-column.js";

/** One buffer of a body. Its bytes are made when they are written: values that a column makes when they are read are made then. */
export interface BodyBuffer {
  readonly bytes: number;
  read(): ArrayBufferView;
}

const WORD_BYTES = 8;

/** Bytes of bits, as packBits gives them. */
function bitmapBytes(length: number): number {
  return ((length + 63) >> 6) * WORD_BYTES;
}

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
    if (column.layout === "null" && column.type.kind !== "null") {
      this.#add(storedNulls(column.type, length));
      return;
    }
    this.nodes.push(length, nullCount);
    if (column.layout === "null") return;
    if (validity === null) this.#put(0, () => new Uint8Array(0));
    else this.#put(bitmapBytes(length), () => packBits(validity, length));
    this.#addValues(column);
  }

  #addValues(column: Exclude<Column, { layout: "null" }>): void {
    const { length } = column;
    switch (column.layout) {
      case "bool":
        this.#put(bitmapBytes(length), () => packBits(column.values, length));
        return;
      case "int32":
        this.#put(length * Int32Array.BYTES_PER_ELEMENT, () => column.values.subarray(0, length));
        return;
      case "int64":
        this.#put(length * BigInt64Array.BYTES_PER_ELEMENT, () => column.values.subarray(0, length));
        return;
      case "float64":
        this.#put(length * Float64Array.BYTES_PER_ELEMENT, () => column.values.subarray(0, length));
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
    this.#put((length + 1) * Int32Array.BYTES_PER_ELEMENT, () => offsetsFromZero(offsets, length));
  }

  #put(bytes: number, read: () => ArrayBufferView): void {
    this.buffers.push({ bytes, read });
  }
}
