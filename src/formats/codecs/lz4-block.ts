import { copyBack } from "./copy-back.js";
import type { LzMatches } from "./lz-matches.js";

const LEAST_MATCH = 4;
/** A length of 15 in the token goes on in the bytes behind. */
const LONG = 15;

/** Where an LZ4 block lies, and where its bytes go. */
export interface Lz4Block {
  readonly from: number;
  readonly to: number;
  /** Copies reach back to here. */
  readonly outFrom: number;
  readonly outAt: number;
  /** Not a byte is written from here on. */
  readonly outTo: number;
}

/** Where the bytes of the block end in `out`; -1 where they would go beyond `outTo`. @throws Error for bytes that are no LZ4 block */
export function decodeLz4Block(bytes: Uint8Array, out: Uint8Array, block: Lz4Block): number {
  const { to, outFrom, outTo } = block;
  const lengths = new Lengths(bytes, to);
  let at = block.from;
  let outAt = block.outAt;
  while (at < to) {
    const token = bytes[at++];
    const literals = lengths.read(token >> 4, at);
    at = lengths.at;
    if (at + literals > to) throw cutOff();
    if (outAt + literals > outTo) return -1;
    for (const end = at + literals; at < end; ) out[outAt++] = bytes[at++];
    if (at === to) return outAt;
    if (at + 2 > to) throw cutOff();
    const distance = bytes[at] | (bytes[at + 1] << 8);
    const length = LEAST_MATCH + lengths.read(token & LONG, at + 2);
    at = lengths.at;
    if (distance === 0 || distance > outAt - outFrom)
      throw new Error("a copy in an LZ4 block begins before its beginning");
    if (outAt + length > outTo) return -1;
    copyBack(out, outAt, { distance, length });
    outAt += length;
  }
  throw cutOff();
}

function cutOff(): Error {
  return new Error("an LZ4 block is cut off");
}

/** Reads lengths, of which a token holds the first part. */
class Lengths {
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #to: number;

  constructor(bytes: Uint8Array, to: number) {
    this.#bytes = bytes;
    this.#to = to;
  }

  read(first: number, at: number): number {
    this.at = at;
    if (first < LONG) return first;
    let length = LONG;
    for (let byte = 255; byte === 255; length += byte) {
      if (this.at >= this.#to) throw cutOff();
      byte = this.#bytes[this.at++];
    }
    return length;
  }
}

/** Most bytes that a block of `length` bytes becomes. */
export function mostLz4Bytes(length: number): number {
  return length + Math.ceil(length / 255) + 16;
}

/** Writes bytes[from, ...) as an LZ4 block, from the matches found in it; says where it ends in `out`. */
export function encodeLz4Block(
  bytes: Uint8Array,
  matches: LzMatches,
  places: { from: number; out: Uint8Array; at: number },
): number {
  const { out } = places;
  let { from, at } = places;
  for (let i = 0; i < matches.count; i++) {
    const literals = matches.sequences[3 * i];
    const length = matches.sequences[3 * i + 1];
    const rest = length === 0 ? 0 : length - LEAST_MATCH;
    out[at++] = (Math.min(literals, LONG) << 4) | Math.min(rest, LONG);
    if (literals >= LONG) at = writeLength(out, at, literals - LONG);
    for (const end = from + literals; from < end; ) out[at++] = bytes[from++];
    if (length === 0) break;
    const distance = matches.sequences[3 * i + 2];
    out[at++] = distance & 255;
    out[at++] = distance >> 8;
    if (rest >= LONG) at = writeLength(out, at, rest - LONG);
    from += length;
  }
  return at;
}

function writeLength(out: Uint8Array, from: number, length: number): number {
  let at = from;
  let rest = length;
  for (; rest >= 255; rest -= 255) out[at++] = 255;
  out[at++] = rest;
  return at;
}
