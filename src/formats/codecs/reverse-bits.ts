/** Reads bits from the end of bytes to their beginning; the highest bit that is set in the last byte only marks the end. */
export class ReverseBits {
  /** Bits that are left; below 0 when more have been read than there are. Those are 0. */
  left: number;
  readonly #bytes: Uint8Array;
  readonly #from: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    const last = to > from ? bytes[to - 1] : 0;
    if (last === 0) throw new Error("bits in a Zstandard block do not end");
    this.#bytes = bytes;
    this.#from = from;
    this.left = 8 * (to - from - 1) + 31 - Math.clz32(last);
  }

  /** At most 24. */
  read(count: number): number {
    this.left -= count;
    return this.#at(this.left, count);
  }

  /** The next ones, which stay to be read. */
  peek(count: number): number {
    return this.#at(this.left - count, count);
  }

  #at(position: number, count: number): number {
    if (position < 0) return position + count <= 0 ? 0 : (this.#at(0, position + count) << -position) >>> 0;
    const bytes = this.#bytes;
    const at = this.#from + (position >> 3);
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    return (word >>> (position & 7)) & ((1 << count) - 1);
  }
}
