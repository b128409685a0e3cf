import { allocateBytes } from "../../columnar/buffers.js";
import { OutputLimit } from "../../common/compression.js";
import { LZ_BLOCK_BYTES, LzMatches } from "./lz-matches.js";
import { decodeSnappyBlock, encodeSnappyBlock, mostSnappyBytes, snappyLength } from "./snappy-block.js";

/** The framing of Java's clients, "xerial": this, two version numbers, then blocks behind their lengths. */
const MAGIC = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00);
const HEADER_BYTES = 16;
const VERSION = 1;

/** One snappy block, or many in the framing of Java's clients. */
export function snappyDecompress(compressed: Uint8Array, maxBytes: number): Uint8Array {
  const blocks = blocksOf(compressed);
  let length = 0;
  for (const block of blocks) length += snappyLength(block);
  if (length > maxBytes) throw new OutputLimit(`${length} bytes`);
  const out = allocateBytes(length);
  let at = 0;
  for (const block of blocks) at = decodeSnappyBlock(block, out, at);
  return out;
}

function blocksOf(compressed: Uint8Array): readonly Uint8Array[] {
  if (!MAGIC.every((byte, i) => compressed[i] === byte)) return [compressed];
  const view = new DataView(compressed.buffer, compressed.byteOffset, compressed.length);
  const blocks: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < compressed.length; ) {
    const from = at + 4;
    at = from <= compressed.length ? from + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (at > compressed.length) throw new Error("a snappy block is cut off");
    blocks.push(compressed.subarray(from, at));
  }
  return blocks;
}

/** In the framing of Java's clients. */
export function snappyCompress(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil(bytes.length / LZ_BLOCK_BYTES);
  const out = allocateBytes(HEADER_BYTES + blocks * (4 + mostSnappyBytes(LZ_BLOCK_BYTES)));
  const view = new DataView(out.buffer);
  out.set(MAGIC);
  view.setInt32(8, VERSION);
  view.setInt32(12, VERSION);
  const matches = new LzMatches();
  let at = HEADER_BYTES;
  for (let from = 0; from < bytes.length; from += LZ_BLOCK_BYTES) {
    const to = Math.min(bytes.length, from + LZ_BLOCK_BYTES);
    matches.find(bytes, from, to);
    const end = encodeSnappyBlock(bytes.subarray(from, to), matches, { out, at: at + 4 });
    view.setInt32(at, end - at - 4);
    at = end;
  }
  return out.subarray(0, at);
}
