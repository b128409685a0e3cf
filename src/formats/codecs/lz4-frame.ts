import { allocateBytes } from "../../columnar/buffers.js";
import { BoundedOutput } from "./bounded-output.js";
import { LZ_BLOCK_BYTES, LzMatches } from "./lz-matches.js";
import { decodeLz4Block, encodeLz4Block, mostLz4Bytes } from "./lz4-block.js";

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const RAW = 0x8000_0000;
/** Magic number, version 1 with blocks of their own, blocks of 64 KiB, and the checksum of those two bytes. */
const HEADER = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82);

/** What an LZ4 frame holds, also several behind one another. Checksums inside are passed over: the batch has its own. */
export function lz4Decompress(compressed: Uint8Array, maxBytes: number): Uint8Array {
  const frames = new Lz4Frames(compressed, maxBytes);
  while (frames.at < compressed.length) frames.readFrame();
  return frames.output.written();
}

class Lz4Frames {
  at = 0;
  readonly output: BoundedOutput;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, maxBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.output = new BoundedOutput(Math.max(LZ_BLOCK_BYTES, 4 * bytes.length), maxBytes);
  }

  readFrame(): void {
    const magic = this.#uint32();
    if (magic === MAGIC) this.#readBlocks();
    else if ((magic & 0xffff_fff0) === SKIPPABLE) this.#skip(this.#uint32());
    else throw new Error("no LZ4 frame begins here");
  }

  #readBlocks(): void {
    const flags = this.#byte();
    const blockBytes = blockBytesOf(this.#byte());
    if (flags >> 6 !== 1) throw new Error("the LZ4 frame has an unknown version");
    if ((flags & 1) !== 0) throw new Error("the LZ4 frame needs a dictionary");
    this.#skip((flags & 8) === 0 ? 1 : 9);
    const outFrom = this.output.at;
    for (let size = this.#uint32(); size !== 0; size = this.#uint32()) {
      this.#readBlock(size, { outFrom, blockBytes });
      if ((flags & 16) !== 0) this.#skip(4);
    }
    if ((flags & 4) !== 0) this.#skip(4);
  }

  #readBlock(size: number, { outFrom, blockBytes }: { outFrom: number; blockBytes: number }): void {
    const from = this.at;
    this.#skip(size % RAW);
    const outTo = this.output.makeRoom(blockBytes);
    const block = { from, to: this.at, outFrom, outAt: this.output.at, outTo };
    const end = size >= RAW ? this.#copyBlock(block) : decodeLz4Block(this.#bytes, this.output.bytes, block);
    if (end < 0) throw this.output.beyond(outTo, "a block is larger than its LZ4 frame says");
    this.output.at = end;
  }

  #copyBlock({ from, to, outAt, outTo }: { from: number; to: number; outAt: number; outTo: number }): number {
    if (outAt + to - from > outTo) return -1;
    this.output.bytes.set(this.#bytes.subarray(from, to), outAt);
    return outAt + to - from;
  }

  #byte(): number {
    this.#skip(1);
    return this.#bytes[this.at - 1];
  }

  #uint32(): number {
    this.#skip(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  #skip(bytes: number): void {
    if (this.at + bytes > this.#bytes.length) throw new Error("the LZ4 frame is cut off");
    this.at += bytes;
  }
}

/** The descriptor's code: 4 to 7 for 64 KiB, 256 KiB, 1 MiB, 4 MiB. */
function blockBytesOf(descriptor: number): number {
  const code = (descriptor >> 4) & 7;
  if (code < 4) throw new Error("the LZ4 frame has an unknown block size");
  return 1 << (2 * code + 8);
}

/** One frame of blocks of 64 KiB, which stay as they are where compression gains nothing. */
export function lz4Compress(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil(bytes.length / LZ_BLOCK_BYTES);
  const out = allocateBytes(HEADER.length + 4 + blocks * (4 + mostLz4Bytes(LZ_BLOCK_BYTES)));
  out.set(HEADER);
  const view = new DataView(out.buffer);
  const matches = new LzMatches();
  let at = HEADER.length;
  for (let from = 0; from < bytes.length; from += LZ_BLOCK_BYTES) {
    const to = Math.min(bytes.length, from + LZ_BLOCK_BYTES);
    matches.find(bytes, from, to);
    let end = encodeLz4Block(bytes, matches, { from, out, at: at + 4 });
    const isRaw = end - at - 4 >= to - from;
    if (isRaw) {
      out.set(bytes.subarray(from, to), at + 4);
      end = at + 4 + to - from;
    }
    view.setUint32(at, isRaw ? RAW + to - from : end - at - 4, true);
    at = end;
  }
  return out.subarray(0, at + 4).fill(0, at);
}
