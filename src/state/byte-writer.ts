import { growBytes, nextCapacity } from "./grow.js";

/** A growing run of bytes. `bytes` may be replaced by any write: read it again after. */
export class ByteWriter {
  bytes = new Uint8Array(256);
  length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Appends source[from, to). */
  copy(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    this.bytes.set(source.subarray(from, to), this.length);
    this.length += to - from;
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.bytes.length) this.bytes = growBytes(this.bytes, nextCapacity(this.bytes.length, needed));
  }
}
