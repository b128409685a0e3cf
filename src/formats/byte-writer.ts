import { allocateBytes } from "../columnar/buffers.js";

const encoder = new TextEncoder();

/** Bytes that grow at the end. */
export class ByteWriter {
  bytes: Uint8Array = allocateBytes(1024);
  length = 0;

  /** Makes room for `count` more bytes; what is written then needs no check. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = allocateBytes(Math.max(this.length + count, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  text(value: string): void {
    this.append(encoder.encode(value));
  }

  /** A whole number below 2^53 in decimal digits. */
  integer(value: number): void {
    this.reserve(17);
    let rest = value;
    if (rest < 0) {
      this.bytes[this.length++] = 45;
      rest = -rest;
    }
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits++;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const shorter = Math.floor(rest / 10);
      this.bytes[at] = 48 + (rest - shorter * 10);
      rest = shorter;
    }
    this.length += digits;
  }
}
