import { BoundedOutput } from "./bounded-output.js";
import type { HuffmanTable } from "./huffman-table.js";
import { readLiterals } from "./zstd-literals.js";
import { runSequences, SequenceState } from "./zstd-sequences.js";

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** No block makes more. */
const BLOCK_BYTES = 128 * 1024;
/** By two bits of a frame's descriptor: bytes of the content's size, and of the dictionary's number. */
const SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];

/**
 * What Zstandard frames hold (RFC 8878). Each block makes a bounded number of bytes in a time that goes with them, whatever
 * it says. The checksum of the content is passed over: the batch has its own.
 */
export function zstdDecompress(compressed: Uint8Array, maxBytes: number): Uint8Array {
  const frames = new ZstdFrames(compressed, maxBytes);
  while (frames.at < compressed.length) frames.readFrame();
  return frames.output.written();
}

class ZstdFrames {
  at = 0;
  readonly output: BoundedOutput;
  readonly #bytes: Uint8Array;
  #frameFrom = 0;
  #tree: HuffmanTable | null = null;
  #sequences = new SequenceState();

  constructor(bytes: Uint8Array, maxBytes: number) {
    this.#bytes = bytes;
    this.output = new BoundedOutput(Math.max(BLOCK_BYTES, 4 * bytes.length), maxBytes);
  }

  readFrame(): void {
    const magic = this.#number(4);
    if (magic - (magic % 16) === SKIPPABLE) {
      this.#skip(this.#number(4));
      return;
    }
    if (magic !== MAGIC) throw new Error("no Zstandard frame begins here");
    const descriptor = this.#number(1);
    this.#readHeader(descriptor);
    this.#frameFrom = this.output.at;
    this.#tree = null;
    this.#sequences = new SequenceState();
    while (this.#readBlock());
    if ((descriptor & 4) !== 0) this.#skip(4);
  }

  #readHeader(descriptor: number): void {
    const isOneSegment = (descriptor & 32) !== 0;
    if (!isOneSegment) this.#skip(1);
    if (this.#number(DICTIONARY_BYTES[descriptor & 3]) !== 0) throw new Error("the Zstandard frame needs a dictionary");
    this.#skip(SIZE_BYTES[descriptor >> 6] || (isOneSegment ? 1 : 0));
  }

  /** False after the last. */
  #readBlock(): boolean {
    const header = this.#number(3);
    const size = header >> 3;
    if (size > BLOCK_BYTES) throw new Error("a Zstandard block is too large");
    const from = this.at;
    const kind = (header >> 1) & 3;
    this.#skip(kind === 1 ? 1 : size);
    const outTo = this.output.makeRoom(kind === 2 ? BLOCK_BYTES : size);
    const end = this.#blockEnd({ kind, size, from, outTo });
    if (end < 0) throw this.output.beyond(outTo, "a Zstandard block is too large");
    this.output.at = end;
    return (header & 1) === 0;
  }

  /** Where the bytes of the block end; -1 where they do not fit. */
  #blockEnd({ kind, size, from, outTo }: { kind: number; size: number; from: number; outTo: number }): number {
    const { bytes: out, at } = this.output;
    if (kind === 2) return this.#decompress(from, outTo);
    if (kind === 3) throw new Error("a Zstandard block has an unknown kind");
    if (at + size > outTo) return -1;
    if (kind === 1) out.fill(this.#bytes[from], at, outTo);
    else out.set(this.#bytes.subarray(from, from + size), at);
    return outTo;
  }

  #decompress(from: number, outTo: number): number {
    const to = this.at;
    const literals = readLiterals(this.#bytes, { from, to, most: BLOCK_BYTES }, this.#tree);
    this.#tree = literals.tree;
    return runSequences(
      this.#bytes,
      { from: literals.end, to, state: this.#sequences },
      { literals: literals.bytes, out: this.output.bytes, frameFrom: this.#frameFrom, outAt: this.output.at, outTo },
    );
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
