import { KafkaError } from "./kafka-error.js";

const decoder = new TextDecoder("utf-8", { fatal: true });
const EMPTY = new Uint8Array(0);

/**
 * Reads the types of Kafka's protocol. Whatever the bytes say, no more is read or allocated than there are bytes: a length
 * or count beyond the end is refused with KAFKA_RESPONSE.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** What messages say, e.g. `Fetch answer of broker 1`. */
  readonly #place: string;
  #at = 0;

  constructor(bytes: Uint8Array, place: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = place;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  bigint64(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  /** An int64 that must be a safe integer, as offsets and times are. */
  int64(): number {
    const at = this.#take(8);
    const value = this.#view.getInt32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) throw this.damaged(`a number beyond 2^53 at byte ${at}`);
    return value;
  }

  /** An unsigned number of at most 32 bits in groups of 7. */
  unsignedVarint(): number {
    const start = this.#at;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value < 2 ** 32) return value;
        break;
      }
    }
    throw this.damaged(`a number of more than 32 bits at byte ${start}`);
  }

  string(): string {
    return this.#textThere(this.nullableString());
  }

  nullableString(): string | null {
    return this.#text(this.int16());
  }

  compactString(): string {
    return this.#textThere(this.compactNullableString());
  }

  compactNullableString(): string | null {
    return this.#text(this.unsignedVarint() - 1);
  }

  /** 32 hexadecimal digits. */
  uuid(): string {
    const at = this.#take(16);
    let digits = "";
    for (let i = at; i < at + 16; i++) digits += this.#bytes[i]!.toString(16).padStart(2, "0");
    return digits;
  }

  /** A part of the bytes read, not a copy; null counts as empty. */
  compactBytes(): Uint8Array {
    const length = this.unsignedVarint() - 1;
    if (length <= 0) return EMPTY;
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** Null counts as no items. */
  array<T>(item: (reader: this) => T): T[] {
    return this.#items(this.int32(), item);
  }

  compactArray<T>(item: (reader: this) => T): T[] {
    return this.#items(this.unsignedVarint() - 1, item);
  }

  /** Fields that a later version of the protocol added, which nobody here reads. */
  skipTags(): void {
    const count = this.unsignedVarint();
    for (let i = 0; i < count; i++) {
      this.unsignedVarint();
      this.#take(this.unsignedVarint());
    }
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#at;
  }

  /** Nothing may be left. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw this.damaged(`${left} bytes too many`);
  }

  damaged(what: string): KafkaError {
    return new KafkaError("KAFKA_RESPONSE", `The ${this.#place} is not what the protocol says: ${what}.`, {
      hint: "Check that the address is that of a Kafka broker, and that nothing between here and there changes the bytes.",
    });
  }

  /** Gives where the next `count` bytes start, and moves behind them. */
  #take(count: number): number {
    const at = this.#at;
    const left = this.#bytes.length - at;
    if (count > left) throw this.damaged(`${count} bytes at byte ${at}, where ${left} are left`);
    this.#at = at + count;
    return at;
  }

  #text(length: number): string | null {
    if (length < 0) return null;
    const at = this.#take(length);
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw this.damaged(`text that is not UTF-8 at byte ${at}`);
    }
  }

  #textThere(text: string | null): string {
    if (text === null) throw this.damaged(`no text before byte ${this.#at}`);
    return text;
  }

  /** Every item takes a byte or more, so that a count can be checked before anything is read. */
  #items<T>(count: number, item: (reader: this) => T): T[] {
    const left = this.#bytes.length - this.#at;
    if (count > left) throw this.damaged(`${count} items at byte ${this.#at}, where ${left} bytes are left`);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(item(this));
    return items;
  }
}
