import { BatchDamage } from "./batch-damage.js";

const BEYOND = "a number or a length in it reaches beyond its end";

/** Reads zigzag-encoded numbers one after the other. Most take one byte or two. */
export class VarintReader {
  bytes: Uint8Array;
  at: number;
  /** Nothing is read from here on. */
  readonly to: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.bytes = bytes;
    this.at = from;
    this.to = to;
  }

  /** 32 bits. */
  int32(): number {
    const first = this.bytes[this.at];
    if (!(first < 128)) return this.restOfInt32(first, this.at + 1);
    this.at++;
    return (first >>> 1) ^ -(first & 1);
  }

  /** The 32-bit number whose first byte, which is not its last, has been read; its second is at `at`. */
  restOfInt32(first: number, at: number): number {
    const second = this.bytes[at];
    if (second < 128) {
      this.at = at + 1;
      return (((first & 127) | (second << 7)) >>> 1) ^ -(first & 1);
    }
    this.at = at - 1;
    return this.#longInt32();
  }

  /** 64 bits, as near as a number comes. */
  int64(): number {
    const first = this.bytes[this.at];
    if (first < 128) {
      this.at++;
      return (first >>> 1) ^ -(first & 1);
    }
    return this.#longInt64();
  }

  #longInt32(): number {
    let raw = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      raw |= (byte & 127) << shift;
      if (byte < 128) return (raw >>> 1) ^ -(raw & 1);
    }
    throw new BatchDamage("a number in it has more than 32 bits");
  }

  int64At(at: number): number {
    this.at = at;
    return this.int64();
  }

  #longInt64(): number {
    let raw = 0;
    let scale = 1;
    let isNegative = false;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      if (i === 0) isNegative = (byte & 1) === 1;
      raw += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return isNegative ? -(raw + 1) / 2 : raw / 2;
    }
    throw new BatchDamage("a number in it has more than 64 bits");
  }

  #byte(): number {
    if (this.at >= this.to) throw new BatchDamage(BEYOND);
    return this.bytes[this.at++];
  }

  /** The end of the `length` bytes from here on; a length below 0 stands for no bytes, NULL, and then must be -1. */
  endOf(length: number, limit: number): number {
    const end = length < 0 ? this.at : this.at + length;
    if (length < -1 || end > limit) throw new BatchDamage(BEYOND);
    return end;
  }
}
