import { readFseTable } from "./fse-table.js";
import { ReverseBits } from "./reverse-bits.js";

/** Which symbol the next bits stand for, and how many of them, by the value of `log` bits. */
export interface HuffmanTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

const MOST_SYMBOLS = 256;
const LARGEST_LOG = 11;
const LARGEST_WEIGHT_LOG = 6;
/** From here on the first byte says how many weights follow as they are. */
const PLAIN = 128;

/** Reads the description of a tree. @throws Error for one that is none */
export function readHuffmanTable(
  bytes: Uint8Array,
  { from, to }: { from: number; to: number },
): { table: HuffmanTable; end: number } {
  if (from >= to) throw new Error("a Zstandard tree is cut off");
  const first = bytes[from];
  const length = first < PLAIN ? first : (first - PLAIN + 2) >> 1;
  const end = from + 1 + length;
  if (end > to) throw new Error("a Zstandard tree is cut off");
  const weights =
    first < PLAIN ? packedWeights(bytes, from + 1, end) : plainWeights(bytes, from + 1, first - PLAIN + 1);
  return { table: huffmanTable(weights), end };
}

function plainWeights(bytes: Uint8Array, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? bytes[from + (i >> 1)] >> 4 : bytes[from + (i >> 1)] & 15,
  );
}

/** Two states in turn, until one of them finds no more bits. */
function packedWeights(bytes: Uint8Array, from: number, to: number): number[] {
  const { table, end } = readFseTable(bytes, { from, to }, { symbols: MOST_SYMBOLS, maxLog: LARGEST_WEIGHT_LOG });
  const bits = new ReverseBits(bytes, end, to);
  const weights: number[] = [];
  let [state, other] = [bits.read(table.log), bits.read(table.log)];
  while (weights.length < MOST_SYMBOLS - 1) {
    weights.push(table.symbols[state]);
    state = table.bases[state] + bits.read(table.bits[state]);
    if (bits.left < 0) {
      weights.push(table.symbols[other]);
      return weights;
    }
    [state, other] = [other, state];
  }
  throw new Error("a Zstandard tree has too many symbols");
}

/** The last symbol's weight is what the others leave. */
function huffmanTable(weights: number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > LARGEST_LOG) throw new Error("a Zstandard tree is too deep");
    sum += weight === 0 ? 0 : 1 << (weight - 1);
  }
  const log = 32 - Math.clz32(sum);
  const rest = (1 << log) - sum;
  if (sum === 0 || log > LARGEST_LOG || (rest & (rest - 1)) !== 0) throw new Error("a Zstandard tree is not whole");
  return filled([...weights, 32 - Math.clz32(rest)], log);
}

function filled(weights: readonly number[], log: number): HuffmanTable {
  const symbols = new Uint8Array(1 << log);
  const bits = new Uint8Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue;
      const end = at + (1 << (weight - 1));
      symbols.fill(symbol, at, end);
      bits.fill(log + 1 - weight, at, end);
      at = end;
    }
  }
  return { log, symbols, bits };
}

/** Fills `out` with symbols, from bits that must be all used up. */
export function readHuffman(table: HuffmanTable, bits: ReverseBits, out: Uint8Array): void {
  for (let i = 0; i < out.length; i++) {
    const code = bits.peek(table.log);
    out[i] = table.symbols[code];
    bits.left -= table.bits[code];
  }
  if (bits.left !== 0) throw new Error("literals of a Zstandard block do not fit");
}
