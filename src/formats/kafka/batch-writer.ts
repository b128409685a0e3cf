import { allocateBytes, growBytes } from "../../columnar/buffers.js";

/** Up to this length a loop is faster than a call. */
const SHORT = 24;

/** Bytes and zigzag-encoded numbers, end to end. */
export class BatchWriter {
  bytes: Uint8Array = allocateBytes(64 * 1024);
  at = 0;

  /** Room for `count` more bytes: what is written then needs no check. */
  reserve(count: number): void {
    this.bytes = growBytes(this.bytes, this.at + count);
  }

  int32(value: number): void {
    let raw = ((value << 1) ^ (value >> 31)) >>> 0;
    while (raw > 127) {
      this.bytes[this.at++] = (raw & 127) | 128;
      raw >>>= 7;
    }
    this.bytes[this.at++] = raw;
  }

  /** A whole number of up to 53 bits. */
  int64(value: number): void {
    let raw = value < 0 ? -2 * value - 1 : 2 * value;
    while (raw > 127) {
      this.bytes[this.at++] = (raw % 128) | 128;
      raw = Math.floor(raw / 128);
    }
    this.bytes[this.at++] = raw;
  }

  copy(source: Uint8Array, from: number, to: number): void {
    const { bytes, at } = this;
    const length = to - from;
    if (length > SHORT) bytes.set(source.subarray(from, to), at);
    else for (let i = 0; i < length; i++) bytes[at + i] = source[from + i];
    this.at = at + length;
  }
}

/** Bytes that BatchWriter.int32 takes. */
export function int32Size(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  return raw < 1 << 7 ? 1 : raw < 1 << 14 ? 2 : raw < 1 << 21 ? 3 : raw < 1 << 28 ? 4 : 5;
}

/** Bytes that BatchWriter.int64 takes. */
export function int64Size(value: number): number {
  let size = 1;
  for (let raw = value < 0 ? -2 * value - 1 : 2 * value; raw > 127; raw = Math.floor(raw / 128)) size++;
  return size;
}
