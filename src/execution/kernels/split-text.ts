import type { RE2JS } from "re2js";
import { allocateInt32, growInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { decodeText } from "../../columnar/decode-text.js";
import { unreachable } from "../../common/unreachable.js";
import type { DataType } from "../../types/data-type.js";
import { indexOfBytes } from "./byte-search.js";
import { skipCodePoints } from "./code-points.js";
import { constantInteger, constantText } from "./constant-argument.js";
import { type KernelInput, strictKernel } from "./kernel.js";
import { columnAs, noNulls } from "./lane-column.js";
import { RowTexts } from "./row-texts.js";
import { type SplitPattern, splitPattern } from "./split-pattern.js";

const ALL_PIECES = 0x7fffffff;

/**
 * split(text, pattern, limit?): as Spark does it with Java's String.split. Empty pieces at the end are kept; limit > 0 caps
 * the pieces, the last one holding the rest; an empty pattern gives the code points, at most limit of them.
 */
export const split = strictKernel(({ constants, type }) => {
  const pattern = splitPattern(constantText(constants[1]));
  const limit = constantInteger(constants[2]) ?? -1;
  return (input) => splitRows(input, { pattern, limit: limit > 0 ? limit : ALL_PIECES, type });
});

interface SplitTask {
  readonly pattern: SplitPattern;
  readonly limit: number;
  readonly type: DataType;
}

function splitRows(input: KernelInput, { pattern, limit, type }: SplitTask): Column {
  const { bytes, offsets } = columnAs(input.column(0), "bytes");
  const { rows, length } = input;
  const pieces = new Pieces(bytes, 4 * rows.count, limit);
  const lists = allocateInt32(length + 1);
  let filled = 0;
  for (let j = 0; j < rows.count; j++) {
    const row = rows.sel === null ? j : rows.sel[j];
    while (filled <= row) lists[filled++] = pieces.count;
    pieces.split(pattern, offsets[row], offsets[row + 1]);
  }
  lists.fill(pieces.count, filled);
  return { ...noNulls(type, length), layout: "list", offsets: lists, elements: textsOf(pieces, type) };
}

function textsOf(pieces: Pieces, type: DataType): Column {
  if (type.kind !== "list") throw new Error("Broken invariant: split gives a list");
  const out = new RowTexts(pieces.count, pieces.size);
  for (let i = 0; i < pieces.count; i++) {
    out.start(i);
    out.copy(pieces.source, pieces.bounds[2 * i], pieces.bounds[2 * i + 1]);
  }
  return out.finish(type.element);
}

/** The pieces of all rows so far, as ranges of the source. */
class Pieces {
  readonly source: Uint8Array;
  count = 0;
  /** Bytes of all pieces together. */
  size = 0;
  /** From and to of each piece. */
  bounds: Int32Array;
  readonly #limit: number;
  /** What is left of the text; one array for all searches. */
  readonly #range: [number, number] = [0, 0];

  constructor(source: Uint8Array, capacity: number, limit: number) {
    this.source = source;
    this.bounds = allocateInt32(2 * capacity);
    this.#limit = limit;
  }

  split(pattern: SplitPattern, from: number, to: number): void {
    switch (pattern.kind) {
      case "codePoints":
        this.#atCodePoints(from, to);
        break;
      case "literal":
        this.#atBytes(pattern.bytes, from, to);
        break;
      case "regex":
        this.#atMatches(pattern.regex, from, to);
        break;
      default:
        unreachable(pattern);
    }
  }

  #atCodePoints(from: number, to: number): void {
    if (from === to) this.#add(from, to);
    let left = this.#limit;
    const range = this.#range;
    range[1] = to;
    for (let p = from; p < to && left > 0; left--) {
      range[0] = p;
      p = skipCodePoints(this.source, range, 1);
      this.#add(range[0], p);
    }
  }

  #atBytes(separator: Uint8Array, from: number, to: number): void {
    const range = this.#range;
    range[0] = from;
    range[1] = to;
    for (let left = this.#limit - 1; left > 0; left--) {
      const at = indexOfBytes(this.source, range, separator);
      if (at < 0) break;
      this.#add(range[0], at);
      range[0] = at + separator.length;
    }
    this.#add(range[0], to);
  }

  /** A match of nothing at the very start cuts nothing off (Java's rule). */
  #atMatches(regex: RE2JS, from: number, to: number): void {
    const text = decodeText(this.source, from, to);
    const matcher = regex.matcher(text);
    const offset = new ByteOffset(text, to - from);
    let start = from;
    for (let left = this.#limit - 1; left > 0 && matcher.find(); ) {
      if (matcher.end() === 0) continue;
      this.#add(start, from + offset.of(matcher.start()));
      start = from + offset.of(matcher.end());
      left--;
    }
    this.#add(start, to);
  }

  #add(from: number, to: number): void {
    if (2 * this.count + 2 > this.bounds.length) this.bounds = growInt32(this.bounds, 2 * this.count + 2);
    this.bounds[2 * this.count] = from;
    this.bounds[2 * this.count + 1] = to;
    this.count++;
    this.size += to - from;
  }
}

/** Turns ascending positions in a string into positions in its UTF-8. */
class ByteOffset {
  readonly #text: string;
  readonly #isAscii: boolean;
  #at = 0;
  #bytes = 0;

  constructor(text: string, byteLength: number) {
    this.#text = text;
    this.#isAscii = text.length === byteLength;
  }

  of(index: number): number {
    if (this.#isAscii) return index;
    for (; this.#at < index; this.#at++) this.#bytes += bytesOfUnit(this.#text.charCodeAt(this.#at));
    return this.#bytes;
  }
}

/** Each half of a surrogate pair counts half of its four bytes. */
function bytesOfUnit(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
}
