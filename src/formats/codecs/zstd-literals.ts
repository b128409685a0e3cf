import { allocateBytes } from "../../columnar/buffers.js";
import { type HuffmanTable, readHuffman, readHuffmanTable } from "./huffman-table.js";
import { ReverseBits } from "./reverse-bits.js";

const RAW = 0;
const RUN = 1;
const OWN_TREE = 2;
/** Where four streams of bits end, but the last. */
const JUMPS_BYTES = 6;

export interface Literals {
  readonly bytes: Uint8Array;
  /** The tree for blocks that say "as before". */
  readonly tree: HuffmanTable | null;
  readonly end: number;
}

interface Section {
  readonly kind: number;
  readonly streams: 1 | 4;
  readonly length: number;
  readonly from: number;
  /** Of compressed ones. */
  readonly to: number;
}

/** The literal bytes at the beginning of a compressed block [from, to), of which there may be `most`. */
export function readLiterals(
  bytes: Uint8Array,
  { from, to, most }: { from: number; to: number; most: number },
  before: HuffmanTable | null,
): Literals {
  const section = sectionAt(bytes, from);
  if (section.to > to || section.length > most) throw new Error("literals of a Zstandard block are cut off");
  if (section.kind === RAW) return { bytes: bytes.subarray(section.from, section.to), tree: before, end: section.to };
  if (section.kind === RUN) {
    return { bytes: allocateBytes(section.length).fill(bytes[section.from]), tree: before, end: section.to };
  }
  const own = section.kind === OWN_TREE ? readHuffmanTable(bytes, section) : { table: before, end: section.from };
  if (own.table === null) throw new Error("a Zstandard block has no tree");
  const out = allocateBytes(section.length);
  readStreams(bytes, { ...section, from: own.end }, { table: own.table, out });
  return { bytes: out, tree: own.table, end: section.to };
}

function sectionAt(bytes: Uint8Array, at: number): Section {
  const kind = bytes[at] & 3;
  const format = (bytes[at] >> 2) & 3;
  if (kind === RAW || kind === RUN) {
    const headerBytes = format === 1 ? 2 : format === 3 ? 3 : 1;
    const length = littleEndian(bytes, at, headerBytes) >> (headerBytes === 1 ? 3 : 4);
    const from = at + headerBytes;
    return { kind, streams: 1, length, from, to: from + (kind === RAW ? length : 1) };
  }
  const headerBytes = format < 2 ? 3 : format + 2;
  const width = [10, 10, 14, 18][format];
  const sizes = Math.floor(littleEndian(bytes, at, headerBytes) / 16);
  const from = at + headerBytes;
  const length = sizes % 2 ** width;
  return { kind, streams: format === 0 ? 1 : 4, length, from, to: from + Math.floor(sizes / 2 ** width) };
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

function readStreams(
  bytes: Uint8Array,
  { streams, from, to }: Section,
  { table, out }: { table: HuffmanTable; out: Uint8Array },
): void {
  if (streams === 1) {
    readHuffman(table, new ReverseBits(bytes, from, to), out);
    return;
  }
  const share = (out.length + 3) >> 2;
  let at = from + JUMPS_BYTES;
  if (at > to || 3 * share > out.length) throw new Error("literals of a Zstandard block are cut off");
  for (let i = 0; i < 4; i++) {
    const end = i === 3 ? to : at + littleEndian(bytes, from + 2 * i, 2);
    if (end > to) throw new Error("literals of a Zstandard block are cut off");
    readHuffman(
      table,
      new ReverseBits(bytes, at, end),
      out.subarray(i * share, i === 3 ? out.length : (i + 1) * share),
    );
    at = end;
  }
}
