import type { BytesColumn, Column, ListColumn } from "../../columnar/column.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";
import { FormatError } from "../../common/millrace-error.js";
import { type BatchWriter, int32Size } from "./batch-writer.js";

/** Bytes or NULL of each row, as a record has them: their length, -1 for NULL, then they. */
export class OptionalBytes {
  readonly #column: BytesColumn | null;

  constructor(column: Column | null) {
    const plain = column === null ? null : plainColumn(column);
    this.#column = plain?.layout === "bytes" ? plain : null;
  }

  /** -1 for NULL. */
  lengthAt(row: number): number {
    const column = this.#column;
    if (column === null || column.validity?.[row] === 0) return -1;
    return column.offsets[row + 1] - column.offsets[row];
  }

  sizeAt(row: number): number {
    const length = this.lengthAt(row);
    return int32Size(length) + Math.max(0, length);
  }

  write(writer: BatchWriter, row: number): void {
    const length = this.lengthAt(row);
    writer.int32(length);
    if (this.#column === null || length < 0) return;
    const from = this.#column.offsets[row];
    writer.copy(this.#column.bytes, from, from + length);
  }
}

/** The headers of each row, as a record has them: their count, then key and value of each. */
export class RecordHeaders {
  readonly #column: ListColumn | null;
  /** Of headers as a whole: one that is NULL may have members. */
  readonly #validity: Uint8Array | null;
  readonly #keys: OptionalBytes;
  readonly #values: OptionalBytes;

  constructor(column: ListColumn | null) {
    this.#column = column;
    const elements = column?.elements;
    this.#validity = elements?.validity ?? null;
    const [keys, values] = elements?.layout === "struct" ? elements.children : [null, null];
    this.#keys = new OptionalBytes(keys ?? null);
    this.#values = new OptionalBytes(values ?? null);
  }

  /** @throws FormatError KAFKA_HEADER_NULL for a header without a key, which no record can hold */
  sizeAt(row: number): number {
    const from = this.#from(row);
    const to = this.#to(row);
    let size = int32Size(to - from);
    for (let i = from; i < to; i++) {
      if (this.#validity?.[i] === 0 || this.#keys.lengthAt(i) < 0) throw headerNull(row);
      size += this.#keys.sizeAt(i) + this.#values.sizeAt(i);
    }
    return size;
  }

  write(writer: BatchWriter, row: number): void {
    const from = this.#from(row);
    const to = this.#to(row);
    writer.int32(to - from);
    for (let i = from; i < to; i++) {
      this.#keys.write(writer, i);
      this.#values.write(writer, i);
    }
  }

  #from(row: number): number {
    return this.#column === null ? 0 : this.#column.offsets[row];
  }

  #to(row: number): number {
    if (this.#column === null) return 0;
    return this.#column.validity?.[row] === 0 ? this.#column.offsets[row] : this.#column.offsets[row + 1];
  }
}

function headerNull(row: number): FormatError {
  return new FormatError("KAFKA_HEADER_NULL", `A header of row ${row} has no key, and Kafka's headers need one.`, {
    hint: "Leave such headers out, or give them a key.",
  });
}
