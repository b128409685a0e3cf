const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
/** By two bits of the descriptor: bytes of the content's size. The first is 1 where the content is one segment. */
const SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];

/**
 * The most memory that any of these Zstandard frames asks for to keep what later blocks refer to, read from their headers
 * alone, before anything is decompressed. @throws Error for bytes that are no frames
 */
export function largestWindow(bytes: Uint8Array): number {
  const frames = new ZstdFrames(bytes);
  let largest = 0;
  while (frames.at < bytes.length) largest = Math.max(largest, frames.skipFrame());
  return largest;
}

class ZstdFrames {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Its window; 0 for a frame without content. */
  skipFrame(): number {
    const magic = this.#number(4);
    if (magic - (magic % 16) === SKIPPABLE) {
      this.#skip(this.#number(4));
      return 0;
    }
    if (magic !== MAGIC) throw new Error("no Zstandard frame begins here");
    const descriptor = this.#number(1);
    const window = this.#readHeader(descriptor);
    while (this.#skipBlock());
    if ((descriptor & 4) !== 0) this.#skip(4);
    return window;
  }

  #readHeader(descriptor: number): number {
    const isOneSegment = (descriptor & 32) !== 0;
    const window = isOneSegment ? 0 : windowOf(this.#number(1));
    this.#skip(DICTIONARY_BYTES[descriptor & 3]);
    const sizeBytes = SIZE_BYTES[descriptor >> 6] || (isOneSegment ? 1 : 0);
    const size = this.#number(sizeBytes) + (sizeBytes === 2 ? 256 : 0);
    return isOneSegment ? size : window;
  }

  /** False after the last. */
  #skipBlock(): boolean {
    const header = this.#number(3);
    const kind = (header >> 1) & 3;
    if (kind === RESERVED_BLOCK) throw new Error("a Zstandard block has an unknown kind");
    this.#skip(kind === RLE_BLOCK ? 1 : header >> 3);
    return (header & 1) === 0;
  }

  #number(bytes: number): number {
    this.#skip(bytes);
    let value = 0;
    for (let i = 1; i <= bytes; i++) value = value * 256 + this.#bytes[this.at - i];
    return value;
  }

  #skip(bytes: number): void {
    if (this.at + bytes > this.#bytes.length) throw new Error("a Zstandard frame is cut off");
    this.at += bytes;
  }
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
