import { copyBack } from "./copy-back.js";
import { constantTable, type FseTable, fseTable, readFseTable } from "./fse-table.js";
import { ReverseBits } from "./reverse-bits.js";

/** What a code stands for: a number, and bits to be read and added to it. */
interface Codes {
  readonly bases: Float64Array;
  readonly bits: Uint8Array;
  readonly maxLog: number;
  /** For blocks that bring no table of their own. */
  readonly usual: FseTable;
}

const LITERAL_LENGTHS = codesOf(
  [...Array<number>(16).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  { first: 0, maxLog: 9, log: 6 },
  [4, 3, ...Array<number>(11).fill(2), 1, 1, 1, ...Array<number>(9).fill(2), 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
);
const MATCH_LENGTHS = codesOf(
  [...Array<number>(32).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  { first: 3, maxLog: 9, log: 6 },
  [1, 4, 3, 2, 2, 2, 2, 2, 2, ...Array<number>(37).fill(1), ...Array<number>(7).fill(-1)],
);
const OFFSETS = codesOf(
  Array.from({ length: 32 }, (_, code) => code),
  { first: 1, maxLog: 8, log: 5 },
  [1, 1, 1, 1, 1, 1, 2, 2, 2, ...Array<number>(15).fill(1), -1, -1, -1, -1, -1],
);

/** Each code begins where the one before ends. */
function codesOf(
  bits: readonly number[],
  { first, maxLog, log }: { first: number; maxLog: number; log: number },
  counts: readonly number[],
): Codes {
  const bases = new Float64Array(bits.length);
  let base = first;
  for (const [code, width] of bits.entries()) {
    bases[code] = base;
    base += 2 ** width;
  }
  return { bases, bits: Uint8Array.from(bits), maxLog, usual: fseTable(counts, log) };
}

/** What blocks of a frame hand on: their tables, and the last three distances. */
export class SequenceState {
  readonly distances = Int32Array.of(1, 4, 8);
  tables: readonly FseTable[] | null = null;
}

/** Where literals come from, and where a block's bytes go: out[outFrom, outTo), with what it refers to from `frameFrom` on. */
export interface BlockOutput {
  readonly literals: Uint8Array;
  readonly out: Uint8Array;
  readonly frameFrom: number;
  readonly outAt: number;
  readonly outTo: number;
}

/** Runs the sequences in bytes[from, to); says where the block ends in `out`, -1 where that is beyond its end. */
export function runSequences(
  bytes: Uint8Array,
  { from, to, state }: { from: number; to: number; state: SequenceState },
  output: BlockOutput,
): number {
  const { count, at } = countAt(bytes, from, to);
  if (count === 0) return copyRest(output, 0, output.outAt);
  const { tables, end } = readTables(bytes, { from: at, to }, state);
  state.tables = tables;
  return run(new ReverseBits(bytes, end, to), { count, tables, distances: state.distances }, output);
}

function countAt(bytes: Uint8Array, from: number, to: number): { count: number; at: number } {
  const first = bytes[from];
  const length = first < 128 ? 1 : first < 255 ? 2 : 3;
  if (from + length > to) throw cutOff();
  if (length === 1) return { count: first, at: from + 1 };
  if (length === 2) return { count: ((first - 128) << 8) + bytes[from + 1], at: from + 2 };
  return { count: bytes[from + 1] + (bytes[from + 2] << 8) + 0x7f00, at: from + 3 };
}

function cutOff(): Error {
  return new Error("sequences of a Zstandard block are cut off");
}

function readTables(
  bytes: Uint8Array,
  { from, to }: { from: number; to: number },
  state: SequenceState,
): { tables: readonly FseTable[]; end: number } {
  if (from >= to || (bytes[from] & 3) !== 0) throw cutOff();
  const tables: FseTable[] = [];
  let at = from + 1;
  for (const [i, codes] of [LITERAL_LENGTHS, OFFSETS, MATCH_LENGTHS].entries()) {
    const mode = (bytes[from] >> (6 - 2 * i)) & 3;
    const { table, end } = readTable(bytes, { from: at, to }, { mode, codes, before: state.tables?.[i] });
    tables.push(table);
    at = end;
  }
  return { tables, end: at };
}

function readTable(
  bytes: Uint8Array,
  { from, to }: { from: number; to: number },
  { mode, codes, before }: { mode: number; codes: Codes; before: FseTable | undefined },
): { table: FseTable; end: number } {
  if (mode === 0) return { table: codes.usual, end: from };
  if (mode === 2) return readFseTable(bytes, { from, to }, { symbols: codes.bases.length, maxLog: codes.maxLog });
  if (mode === 3) {
    if (before === undefined) throw new Error("a Zstandard block has no table");
    return { table: before, end: from };
  }
  if (from >= to || bytes[from] >= codes.bases.length) throw cutOff();
  return { table: constantTable(bytes[from]), end: from + 1 };
}

function run(
  bits: ReverseBits,
  { count, tables, distances }: { count: number; tables: readonly FseTable[]; distances: Int32Array },
  output: BlockOutput,
): number {
  const [literalTable, offsetTable, matchTable] = tables;
  const { out, literals, frameFrom, outTo } = output;
  let literalState = bits.read(literalTable.log);
  let offsetState = bits.read(offsetTable.log);
  let matchState = bits.read(matchTable.log);
  let from = 0;
  let outAt = output.outAt;
  for (let i = 1; i <= count; i++) {
    const offset = readNumber(bits, OFFSETS, offsetTable.symbols[offsetState]);
    const length = readNumber(bits, MATCH_LENGTHS, matchTable.symbols[matchState]);
    const literalLength = readNumber(bits, LITERAL_LENGTHS, literalTable.symbols[literalState]);
    if (i < count) {
      literalState = literalTable.bases[literalState] + bits.read(literalTable.bits[literalState]);
      matchState = matchTable.bases[matchState] + bits.read(matchTable.bits[matchState]);
      offsetState = offsetTable.bases[offsetState] + bits.read(offsetTable.bits[offsetState]);
    }
    if (bits.left < 0 || from + literalLength > literals.length) throw cutOff();
    if (outAt + literalLength + length > outTo) return -1;
    for (const end = from + literalLength; from < end; ) out[outAt++] = literals[from++];
    const distance = distanceOf(offset, literalLength === 0, distances);
    if (distance > outAt - frameFrom || distance <= 0)
      throw new Error("a copy in a Zstandard block begins before its frame");
    copyBack(out, outAt, { distance, length });
    outAt += length;
  }
  if (bits.left !== 0) throw cutOff();
  return copyRest(output, from, outAt);
}

/** Up to 31 bits. */
function readNumber(bits: ReverseBits, codes: Codes, code: number): number {
  const width = codes.bits[code];
  if (width <= 16) return codes.bases[code] + bits.read(width);
  const high = bits.read(width - 16);
  return codes.bases[code] + high * 0x1_0000 + bits.read(16);
}

/** 1 to 3 stand for the last distances; without literals before it, for the second, the third, and one less than the first. */
function distanceOf(offset: number, hasNoLiterals: boolean, distances: Int32Array): number {
  const index = offset > 3 ? 3 : offset - 1 + (hasNoLiterals ? 1 : 0);
  if (index === 0) return distances[0];
  const distance = offset > 3 ? offset - 3 : index === 3 ? distances[0] - 1 : distances[index];
  if (index > 1) distances[2] = distances[1];
  distances[1] = distances[0];
  distances[0] = distance;
  return distance;
}

/** The literals behind the last sequence. */
function copyRest({ out, literals, outTo }: BlockOutput, from: number, outAt: number): number {
  const end = outAt + literals.length - from;
  if (end > outTo) return -1;
  out.set(literals.subarray(from), outAt);
  return end;
}
