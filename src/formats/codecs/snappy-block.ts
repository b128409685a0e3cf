import { copyBack } from "./copy-back.js";
import type { LzMatches } from "./lz-matches.js";

/** Lengths of literals from 60 on stand in so many bytes behind the tag: 60 one, 63 four. */
const LONG_LITERAL = 60;
/** A copy makes at most so many bytes, of three. */
const LONGEST_COPY = 64;
const LEAST_RATIO = 3 / LONGEST_COPY;

/** The bytes that a block says it holds. @throws Error where so few bytes cannot hold as many, or none say it */
export function snappyLength(block: Uint8Array): number {
  const { length, at } = readLength(block);
  if (block.length - at < length * LEAST_RATIO) throw new Error("a snappy block is cut off");
  return length;
}

function readLength(block: Uint8Array): { length: number; at: number } {
  let length = 0;
  for (let at = 0; at < Math.min(5, block.length); at++) {
    length += (block[at] & 127) * 2 ** (7 * at);
    if (block[at] < 128) return { length, at: at + 1 };
  }
  throw new Error("a snappy block does not say its length");
}

/** Puts what the block holds into `out` at `outFrom`, where there is room for it; says where it ends. */
export function decodeSnappyBlock(block: Uint8Array, out: Uint8Array, outFrom: number): number {
  const { length, at: from } = readLength(block);
  const outTo = outFrom + length;
  let at = from;
  let outAt = outFrom;
  while (at < block.length) {
    const tag = block[at++];
    const isLiteral = (tag & 3) === 0;
    const extra = isLiteral ? Math.max(0, (tag >> 2) - (LONG_LITERAL - 1)) : tag & 3;
    const behind = at + (extra === 3 && !isLiteral ? 4 : extra);
    if (behind > block.length) throw new Error("a snappy block is cut off");
    const number = littleEndian(block, at, behind);
    at = behind;
    const size = isLiteral ? 1 + (extra === 0 ? tag >> 2 : number) : copyLength(tag);
    if (outAt + size > outTo || (isLiteral && at + size > block.length))
      throw new Error("a snappy block holds more than it says");
    if (isLiteral) {
      for (const end = at + size; at < end; ) out[outAt++] = block[at++];
    } else {
      const distance = extra === 1 ? ((tag >> 5) << 8) + number : number;
      if (distance === 0 || distance > outAt - outFrom)
        throw new Error("a copy in a snappy block begins before its beginning");
      copyBack(out, outAt, { distance, length: size });
      outAt += size;
    }
  }
  if (outAt !== outTo) throw new Error("a snappy block holds less than it says");
  return outAt;
}

function copyLength(tag: number): number {
  return (tag & 3) === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
}

/** bytes[from, to), at most four. */
function littleEndian(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = to - 1; at >= from; at--) value = value * 256 + bytes[at];
  return value;
}

/** Most bytes that a block of `length` bytes becomes. */
export function mostSnappyBytes(length: number): number {
  return 32 + length + Math.ceil(length / 6);
}

/** Writes a snappy block from the matches found in the bytes; says where it ends in `out`. */
export function encodeSnappyBlock(
  bytes: Uint8Array,
  matches: LzMatches,
  place: { out: Uint8Array; at: number },
): number {
  const { out } = place;
  let at = writeLength(out, place.at, bytes.length);
  let from = 0;
  for (let i = 0; i < matches.count; i++) {
    const literals = matches.sequences[3 * i];
    const length = matches.sequences[3 * i + 1];
    if (literals > 0) at = writeLiteralTag(out, at, literals);
    for (const end = from + literals; from < end; ) out[at++] = bytes[from++];
    at = writeCopies(out, at, { length, distance: matches.sequences[3 * i + 2] });
    from += length;
  }
  return at;
}

function writeLength(out: Uint8Array, from: number, length: number): number {
  let at = from;
  let rest = length;
  for (; rest > 127; rest >>>= 7) out[at++] = (rest & 127) | 128;
  out[at++] = rest;
  return at;
}

/** Blocks are short: two bytes hold any length in them. */
function writeLiteralTag(out: Uint8Array, from: number, literals: number): number {
  const size = literals - 1;
  if (size < LONG_LITERAL) {
    out[from] = size << 2;
    return from + 1;
  }
  out[from] = (LONG_LITERAL + 1) << 2;
  out[from + 1] = size & 255;
  out[from + 2] = size >> 8;
  return from + 3;
}

function writeCopies(
  out: Uint8Array,
  from: number,
  { length, distance }: { length: number; distance: number },
): number {
  let at = from;
  for (let rest = length; rest > 0; ) {
    const size = Math.min(rest, LONGEST_COPY);
    out[at++] = ((size - 1) << 2) | 2;
    out[at++] = distance & 255;
    out[at++] = distance >> 8;
    rest -= size;
  }
  return at;
}
