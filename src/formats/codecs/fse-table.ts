/** A table of "finite state entropy": each state stands for a symbol, and says how the next state is found. */
export interface FseTable {
  /** Bits of a state. */
  readonly log: number;
  readonly symbols: Uint8Array;
  /** Bits to be read, and added to `bases`, for the next state. */
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** What stands for a symbol that is less likely than one state. */
const RARE = -1;
const LEAST_LOG = 5;

/** One symbol, all the time. */
export function constantTable(symbol: number): FseTable {
  return { log: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** `counts`: how many of the 2^log states each symbol has. */
export function fseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = spread(counts, size);
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  const next = counts.map((count) => (count === RARE ? 1 : count));
  for (let state = 0; state < size; state++) {
    const value = next[symbols[state]]++;
    bits[state] = log - (31 - Math.clz32(value));
    bases[state] = (value << bits[state]) - size;
  }
  return { log, symbols, bits, bases };
}

function spread(counts: readonly number[], size: number): Uint8Array {
  const symbols = new Uint8Array(size);
  let last = size - 1;
  for (const [symbol, count] of counts.entries()) if (count === RARE) symbols[last--] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let state = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let i = 0; i < count; i++) {
      symbols[state] = symbol;
      do state = (state + step) & (size - 1);
      while (state > last);
    }
  }
  return symbols;
}

/** Reads a table's description. @throws Error for one that is none: more states, symbols or bits than there are */
export function readFseTable(
  bytes: Uint8Array,
  { from, to }: { from: number; to: number },
  { symbols, maxLog }: { symbols: number; maxLog: number },
): { table: FseTable; end: number } {
  const bits = new ForwardBits(bytes, from, to);
  const log = LEAST_LOG + bits.read(4);
  if (log > maxLog) throw new Error("a Zstandard table is too large");
  const counts: number[] = [];
  let left = 1 << log;
  while (left > 0) {
    if (counts.length >= symbols) throw new Error("a Zstandard table has too many symbols");
    const count = readCount(bits, left);
    left -= Math.abs(count);
    counts.push(count);
    if (count === 0) skipZeros(bits, counts);
  }
  if (counts.length > symbols) throw new Error("a Zstandard table has too many symbols");
  return { table: fseTable(counts, log), end: bits.end() };
}

/** How many states of those that are left; -1 for a rare symbol. Small numbers take a bit less than large ones. */
function readCount(bits: ForwardBits, left: number): number {
  const width = 32 - Math.clz32(left + 1);
  const short = 1 << (width - 1);
  const shorter = 2 * short - 2 - left;
  const low = bits.read(width - 1);
  if (low < shorter) return low - 1;
  const value = low + (bits.read(1) === 1 ? short : 0);
  return (value >= short ? value - shorter : value) - 1;
}

function skipZeros(bits: ForwardBits, counts: number[]): void {
  for (let more = 3; more === 3; ) {
    more = bits.read(2);
    for (let i = 0; i < more; i++) counts.push(0);
  }
}

class ForwardBits {
  #at: number;
  readonly #bytes: Uint8Array;
  readonly #to: number;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#at = 8 * from;
    this.#to = 8 * to;
  }

  read(count: number): number {
    if (this.#at + count > this.#to) throw new Error("a Zstandard table is cut off");
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) value |= ((this.#bytes[this.#at >> 3] >> (this.#at & 7)) & 1) << i;
    return value;
  }

  /** The whole bytes that have been read. */
  end(): number {
    return (this.#at + 7) >> 3;
  }
}
