import type { RE2JS } from "re2js";
import { allocateInt32, growInt32 } from "../../columnar/buffers.js";
import type { Column, ListColumn } from "../../columnar/column.js";
import { decodeText } from "../../columnar/decode-text.js";
import { nullColumn } from "../../columnar/null-column.js";
import { ALL_VALID, type Validity } from "../../columnar/validity.js";
import { unreachable } from "../../common/unreachable.js";
import { argumentValidity } from "./argument-validity.js";
import { indexOfBytes } from "./byte-search.js";
import { skipCodePoints } from "./code-points.js";
import { constantText } from "./constant-argument.js";
import { int32Argument } from "./int32-argument.js";
import { oncePerEntry } from "./once-per-entry.js";
import { type SplitPattern, splitPattern } from "./split-pattern.js";
import { textView } from "./text-view.js";
import { TextWriter } from "./text-writer.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

/**
 * split(text, pattern, limit?): as Spark does it with Java's String.split. Empty pieces at the end are kept; limit > 0 caps
 * the pieces, the last one holding the rest; an empty pattern gives the code points, at most limit of them.
 */
export const splitKernel: VectorKernel = oncePerEntry((call) => {
  const { args, expression, length } = call;
  const validity = argumentValidity(args, length);
  if (validity === null) return nullColumn(expression.type, length);
  return splitRows(call, { pattern: splitPattern(constantText(expression, 1)), validity });
});

function splitRows(call: VectorCall, how: { pattern: SplitPattern; validity: Validity }): Column {
  const { rows, length, expression } = call;
  const { bytes, offsets, indices } = textView(call.args[0]);
  const limit = int32Argument(call, 2, -1).constant;
  const valid = how.validity.validity;
  const pieces = new Pieces(bytes, 4 * rows.count, limit > 0 ? limit : 0x7fffffff);
  const lists = allocateInt32(length + 1);
  let filled = 0;
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    lists.fill(pieces.count, filled, row + 1);
    filled = row + 1;
    if (valid !== null && valid[row] === 0) continue;
    const entry = indices === null ? row : indices[row];
    pieces.split(how.pattern, offsets[entry], offsets[entry + 1]);
  }
  lists.fill(pieces.count, filled);
  return listOf(pieces, lists, { type: expression.type, length, ...how.validity });
}

function listOf(
  pieces: Pieces,
  offsets: Int32Array,
  base: Pick<ListColumn, "type" | "length" | "nullCount" | "validity">,
): ListColumn {
  if (base.type.kind !== "list") throw new Error("Broken invariant: split gives a list");
  const { element } = base.type;
  const writer = new TextWriter(pieces.count, pieces.size);
  for (let i = 0; i < pieces.count; i++) {
    writer.append(pieces.source, pieces.bounds[2 * i], pieces.bounds[2 * i + 1]);
    writer.closeRow(i);
  }
  return { ...base, layout: "list", offsets, elements: writer.finish(element, pieces.count, ALL_VALID) };
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
