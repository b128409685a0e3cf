import { allocateBytes, allocateInt32, growBytes, growInt32 } from "../../columnar/buffers.js";
import type { BytesColumn, ListColumn } from "../../columnar/column.js";
import { countedValidity } from "../../columnar/validity.js";
import type { DataType, ListType } from "../../types/data-type.js";
import { textOfBytes } from "../text-of-bytes.js";
import { BatchDamage } from "./batch-damage.js";
import type { VarintReader } from "./varint-reader.js";

/** The headers of records as list<struct<key utf8, value binary?>>; NULL for a record without any. */
export class HeaderColumns {
  readonly #keys = new GrowingBytes();
  readonly #values = new GrowingBytes();
  /** By row, where its headers begin. */
  #from: Int32Array = allocateInt32(0);
  #some: Uint8Array = allocateBytes(0);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Forgets every row from `rows` on. */
  truncate(rows: number): void {
    const headers = rows < this.#rows ? this.#from[rows] : this.#keys.length;
    this.#rows = rows;
    this.#keys.truncate(headers);
    this.#values.truncate(headers);
  }

  /** The headers of one more row, up to `end`. */
  read(reader: VarintReader, end: number): void {
    const count = reader.int32();
    if (count < 0 || count > end - reader.at) throw new BatchDamage(`a record in it is said to have ${count} headers`);
    this.#from = growInt32(this.#from, this.#rows + 2);
    this.#some = growBytes(this.#some, this.#rows + 1);
    this.#from[this.#rows] = this.#keys.length;
    this.#some[this.#rows++] = count === 0 ? 0 : 1;
    for (let i = 0; i < count; i++) this.#readHeader(reader, end);
  }

  #readHeader(reader: VarintReader, end: number): void {
    const keyLength = reader.int32();
    if (keyLength < 0) throw new BatchDamage("a header in it has no key");
    this.#keys.append(reader, reader.endOf(keyLength, end));
    const valueLength = reader.int32();
    const valueEnd = reader.endOf(valueLength, end);
    if (valueLength < 0) this.#values.appendNull();
    else this.#values.append(reader, valueEnd);
  }

  finish(type: DataType): ListColumn {
    const { element } = type as ListType;
    const [key, value] = element.kind === "struct" ? element.fields : [];
    const offsets = growInt32(this.#from, this.#rows + 1);
    offsets[this.#rows] = this.#keys.length;
    const children = [textOfBytes(this.#keys.finish(key.type), key.type), this.#values.finish(value.type)];
    return {
      layout: "list",
      type,
      length: this.#rows,
      ...countedValidity(this.#some, this.#rows),
      offsets,
      elements: { layout: "struct", type: element, length: this.#keys.length, nullCount: 0, validity: null, children },
    };
  }
}

/** Bytes of rows, copied end to end. */
class GrowingBytes {
  length = 0;
  #offsets: Int32Array = allocateInt32(16);
  #bytes: Uint8Array = allocateBytes(256);
  #valid: Uint8Array | null = null;

  append(reader: VarintReader, end: number): void {
    const start = this.#offsets[this.length];
    const to = start + end - reader.at;
    this.#bytes = growBytes(this.#bytes, to);
    const { bytes } = reader;
    for (let from = reader.at, at = start; at < to; at++, from++) this.#bytes[at] = bytes[from];
    reader.at = end;
    this.#add(to, 1);
  }

  appendNull(): void {
    this.#valid ??= allocateBytes(this.length + 1).fill(1);
    this.#add(this.#offsets[this.length], 0);
  }

  #add(to: number, valid: number): void {
    if (this.#valid !== null) {
      this.#valid = growBytes(this.#valid, this.length + 1);
      this.#valid[this.length] = valid;
    }
    this.#offsets = growInt32(this.#offsets, this.length + 2);
    this.#offsets[++this.length] = to;
  }

  truncate(length: number): void {
    this.length = length;
  }

  finish(type: DataType): BytesColumn {
    const nulls = countedValidity(this.#valid, this.length);
    return { layout: "bytes", type, length: this.length, ...nulls, offsets: this.#offsets, bytes: this.#bytes };
  }
}
