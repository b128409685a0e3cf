/** Writes an answer, or the records of a batch. `flexible`: compact lengths, and empty tagged fields by `tags`. */
export class WireWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;
  readonly #flexible: boolean;

  constructor(flexible = false) {
    this.#flexible = flexible;
  }

  /** What was written: a copy. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  get size(): number {
    return this.#size;
  }

  int8(value: number): this {
    const at = this.#grow(1);
    this.#view.setInt8(at, value);
    return this;
  }

  int16(value: number): this {
    const at = this.#grow(2);
    this.#view.setInt16(at, value);
    return this;
  }

  int32(value: number): this {
    const at = this.#grow(4);
    this.#view.setInt32(at, value);
    return this;
  }

  int64(value: number): this {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, BigInt(value));
    return this;
  }

  bool(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  uuid(hex: string): this {
    return this.raw(Buffer.from(hex, "hex"));
  }

  string(text: string | null): this {
    const bytes = text === null ? null : new TextEncoder().encode(text);
    const length = bytes?.length ?? -1;
    if (this.#flexible) this.uvarint(length + 1);
    else this.int16(length);
    return bytes === null ? this : this.raw(bytes);
  }

  bytes(bytes: Uint8Array): this {
    return this.#length(bytes.length).raw(bytes);
  }

  array<T>(items: readonly T[] | null, write: (item: T, to: this) => void): this {
    this.#length(items?.length ?? -1);
    for (const item of items ?? []) write(item, this);
    return this;
  }

  tags(): this {
    return this.#flexible ? this.uvarint(0) : this;
  }

  /** A varint of a record: zigzag. */
  varint(value: number): this {
    return this.uvarint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** Bytes of a record: a varint length, -1 for null. */
  varbytes(bytes: Uint8Array | null): this {
    this.varint(bytes?.length ?? -1);
    return bytes === null ? this : this.raw(bytes);
  }

  uvarint(value: number): this {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#byte((rest % 128) | 128);
    return this.#byte(rest);
  }

  raw(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  #byte(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  #length(length: number): this {
    return this.#flexible ? this.uvarint(length + 1) : this.int32(length);
  }

  /** Where the next `by` bytes go; buffers may be others afterwards. */
  #grow(by: number): number {
    const start = this.#size;
    this.#size += by;
    if (this.#size > this.#bytes.length) this.#enlarge();
    return start;
  }

  #enlarge(): void {
    const larger = new Uint8Array(this.#size * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
