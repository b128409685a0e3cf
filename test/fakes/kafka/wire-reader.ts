/** Reads a request body. `flexible`: compact lengths, and tagged fields that `tags` skips. A body that is too short throws a RangeError. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #flexible: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, flexible: boolean) {
    // Not a Buffer: its slices are no copies.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#flexible = flexible;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  int64(): number {
    const value = Number(this.#view.getBigInt64(this.#take(8)));
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
    return value;
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  /** 32 hexadecimal digits. */
  uuid(): string {
    return Buffer.from(this.#raw(16)).toString("hex");
  }

  string(): string {
    const text = this.nullableString();
    if (text === null) throw new RangeError("null where a string must be");
    return text;
  }

  nullableString(): string | null {
    const length = this.#flexible ? this.#uvarint() - 1 : this.int16();
    return length < 0 ? null : new TextDecoder("utf-8", { fatal: true }).decode(this.#raw(length));
  }

  nullableBytes(): Uint8Array | null {
    const length = this.#length();
    return length < 0 ? null : this.#raw(length).slice();
  }

  array<T>(read: (from: WireReader) => T): T[] {
    const items = this.nullableArray(read);
    if (items === null) throw new RangeError("null where an array must be");
    return items;
  }

  nullableArray<T>(read: (from: WireReader) => T): T[] | null {
    const length = this.#length();
    if (length > this.left) throw new RangeError(`an array of ${length} in ${this.left} bytes`);
    return length < 0 ? null : Array.from({ length }, () => read(this));
  }

  /** The tagged fields behind every structure of a flexible version: all are skipped. */
  tags(): void {
    if (!this.#flexible) return;
    for (let count = this.#uvarint(); count > 0; count--) {
      this.#uvarint();
      this.#raw(this.#uvarint());
    }
  }

  /** A varint of a record: zigzag. */
  varint(): number {
    const value = this.#uvarint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Bytes of a record: a varint length, -1 for null. */
  varbytes(): Uint8Array | null {
    const length = this.varint();
    return length < 0 ? null : this.#raw(length).slice();
  }

  #length(): number {
    return this.#flexible ? this.#uvarint() - 1 : this.int32();
  }

  #uvarint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#view.getUint8(this.#take(1));
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  #raw(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #take(length: number): number {
    if (length > this.left) throw new RangeError(`${length} bytes wanted, ${this.left} left`);
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
