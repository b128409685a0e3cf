const encoder = new TextEncoder();

/** Writes the types of Kafka's protocol. */
export class WireWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** `expected`: about how many bytes there will be. */
  constructor(expected = 128) {
    this.#bytes = new Uint8Array(expected);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What has been written, not copied. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  int8(value: number): this {
    const at = this.#room(1);
    this.#view.setInt8(at, value);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    const at = this.#room(2);
    this.#view.setInt16(at, value);
    return this;
  }

  int32(value: number): this {
    const at = this.#room(4);
    this.#view.setInt32(at, value);
    return this;
  }

  int64(value: bigint | number): this {
    const at = this.#room(8);
    this.#view.setBigInt64(at, BigInt(value));
    return this;
  }

  /** Up to 32 bits. */
  unsignedVarint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.int8((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.int8(rest);
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const text = encoder.encode(value);
    return this.int16(text.length).#append(text);
  }

  compactString(value: string | null): this {
    if (value === null) return this.unsignedVarint(0);
    const text = encoder.encode(value);
    return this.unsignedVarint(text.length + 1).#append(text);
  }

  /** Of 32 hexadecimal digits. */
  uuid(digits: string): this {
    for (let i = 0; i < 32; i += 2) this.int8(Number.parseInt(digits.slice(i, i + 2), 16));
    return this;
  }

  lengthAndBytes(value: Uint8Array): this {
    return this.int32(value.length).#append(value);
  }

  array<T>(items: readonly T[], item: (writer: this, value: T) => void): this {
    this.int32(items.length);
    for (const value of items) item(this, value);
    return this;
  }

  /** Null: a list that is not there. */
  compactArray<T>(items: readonly T[] | null, item: (writer: this, value: T) => void): this {
    this.unsignedVarint(items === null ? 0 : items.length + 1);
    for (const value of items ?? []) item(this, value);
    return this;
  }

  /** An empty list of tagged fields. */
  noTags(): this {
    return this.int8(0);
  }

  #append(bytes: Uint8Array): this {
    // In this order: making room may replace the bytes.
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Gives where `count` more bytes go. */
  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
