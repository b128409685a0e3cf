import { gunzipSync, gzipSync } from "node:zlib";
import { decompress as unzstd } from "fzstd";
import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";
import { unlz4Block } from "./fake-lz4.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

interface FakeCodec {
  /** Attribute bits of a batch. */
  readonly id: number;
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  readonly decompress: (bytes: Uint8Array) => Uint8Array;
}

const BLOCK = 32 * 1024;
const XERIAL = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0);
const LZ4_HEADER = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82);
const ZSTD_HEADER = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0);

/** All but gzip write frames whose blocks are stored as they are: valid, and without an encoder. */
export const FAKE_CODECS: Readonly<Record<CodecName, FakeCodec>> = {
  gzip: { id: 1, compress: (bytes) => gzipSync(bytes), decompress: (bytes) => gunzipSync(bytes) },
  snappy: { id: 2, compress: storeSnappy, decompress: unsnappy },
  lz4: { id: 3, compress: storeLz4, decompress: unlz4 },
  zstd: { id: 4, compress: storeZstd, decompress: (bytes) => unzstd(bytes) },
};

export function fakeCodecOf(id: number): FakeCodec {
  const codec = Object.values(FAKE_CODECS).find((one) => one.id === id);
  if (codec === undefined) throw new RangeError(`no codec ${id}`);
  return codec;
}

function blocksOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / BLOCK));
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * BLOCK, (index + 1) * BLOCK));
}

/** Framed as Java clients do: a header of 16 bytes, then length and block. */
function storeSnappy(bytes: Uint8Array): Uint8Array {
  const out = new WireWriter().raw(XERIAL).int32(1).int32(1);
  for (const block of blocksOf(bytes)) {
    const literal = new WireWriter().uvarint(block.length);
    // A literal with two bytes of length, little endian.
    if (block.length > 0)
      literal.raw(Uint8Array.of(61 << 2, (block.length - 1) & 255, (block.length - 1) >> 8)).raw(block);
    out.bytes(literal.done());
  }
  return out.done();
}

function unsnappy(bytes: Uint8Array): Uint8Array {
  if (!XERIAL.every((byte, index) => bytes[index] === byte)) return unsnappyBlock(bytes);
  const from = new WireReader(bytes.subarray(16), false);
  const out = new WireWriter();
  while (from.left > 0) out.raw(unsnappyBlock(from.nullableBytes()!));
  return out.done();
}

function unsnappyBlock(block: Uint8Array): Uint8Array {
  let at = 0;
  const little = (length: number): number => {
    let value = 0;
    for (let index = 0; index < length; index++) value += block[at++]! * 256 ** index;
    return value;
  };
  while (block[at]! >= 128) at++;
  at++;
  const out: number[] = [];
  const copy = (length: number, back: number): void => {
    for (let index = 0; index < length; index++) out.push(out[out.length - back]!);
  };
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === 1) copy(((tag >> 2) & 7) + 4, (tag >> 5) * 256 + block[at++]!);
    else if (kind === 2) copy((tag >> 2) + 1, little(2));
    else if (kind === 3) copy((tag >> 2) + 1, little(4));
    else {
      const length = (tag >> 2) + 1 > 60 ? little((tag >> 2) - 59) + 1 : (tag >> 2) + 1;
      for (let index = 0; index < length; index++) out.push(block[at++]!);
    }
  }
  return Uint8Array.from(out);
}

function littleEndian(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Math.floor(value / 256 ** index) & 255);
}

function storeLz4(bytes: Uint8Array): Uint8Array {
  const out = new WireWriter().raw(LZ4_HEADER);
  for (const block of blocksOf(bytes)) out.raw(littleEndian(block.length + 2 ** 31, 4)).raw(block);
  return out.raw(littleEndian(0, 4)).done();
}

function unlz4(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = bytes[4]!;
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  const out: number[] = [];
  for (;;) {
    const size = view.getUint32(at, true);
    if (size === 0) return Uint8Array.from(out);
    const block = bytes.subarray(at + 4, at + 4 + (size % 2 ** 31));
    if (size >= 2 ** 31) for (const byte of block) out.push(byte);
    else unlz4Block(block, out);
    at += 4 + block.length + (flags & 16 ? 4 : 0);
  }
}

function storeZstd(bytes: Uint8Array): Uint8Array {
  const out = new WireWriter().raw(ZSTD_HEADER).raw(littleEndian(bytes.length, 4));
  const blocks = blocksOf(bytes);
  blocks.forEach((block, index) => {
    const last = index === blocks.length - 1 ? 1 : 0;
    out.raw(littleEndian(block.length * 8 + last, 3)).raw(block);
  });
  return out.done();
}
