import type { BinaryType, Utf8Type } from "../types/data-type.js";
import { utf8 } from "../types/type-constructors.js";
import { allocateBytes, allocateInt32, growBytes, growInt32, requireInt32Total } from "./buffers.js";
import type { BytesColumn } from "./column.js";
import { countedValidity, validityBytes } from "./validity.js";

const encoder = new TextEncoder();

/** Builds a text (or binary) column value by value; appending bytes makes no object. */
export class Utf8Builder {
  readonly #type: Utf8Type | BinaryType;
  #offsets: Int32Array;
  #bytes: Uint8Array;
  #validity: Uint8Array | null = null;
  #length = 0;
  #end = 0;

  constructor(capacity = 16, type: Utf8Type | BinaryType = utf8()) {
    this.#type = type;
    this.#offsets = allocateInt32(capacity + 1);
    this.#bytes = allocateBytes(capacity * 8);
  }

  get length(): number {
    return this.#length;
  }

  /** Appends source[from, to) as one value. */
  appendBytes(source: Uint8Array, from: number, to: number): void {
    const end = this.#end + to - from;
    if (end > this.#bytes.length) this.#bytes = growBytes(this.#bytes, requireInt32Total(end));
    const target = this.#bytes;
    if (to - from > 48) target.set(source.subarray(from, to), this.#end);
    else for (let p = from, at = this.#end; p < to; p++, at++) target[at] = source[p];
    this.#end = end;
    this.#close();
  }

  appendText(text: string): void {
    const most = this.#end + text.length * 3;
    if (most > this.#bytes.length) this.#bytes = growBytes(this.#bytes, requireInt32Total(most));
    this.#end += encodeInto(text, this.#bytes, this.#end);
    this.#close();
  }

  appendNull(): void {
    const row = this.#length;
    this.#close();
    if (this.#validity === null || this.#validity.length <= row) this.#growValidity();
    if (this.#validity !== null) this.#validity[row] = 0;
  }

  /** The column; the builder must not be used afterwards. */
  finish(): BytesColumn {
    const length = this.#length;
    const full = this.#validity === null ? null : paddedValidity(this.#validity, length);
    return {
      layout: "bytes",
      type: this.#type,
      length,
      ...countedValidity(full, length),
      offsets: this.#offsets.subarray(0, length + 1),
      bytes: this.#bytes.subarray(0, this.#end),
    };
  }

  #close(): void {
    const length = ++this.#length;
    if (length >= this.#offsets.length) this.#offsets = growInt32(this.#offsets, length + 1);
    this.#offsets[length] = this.#end;
  }

  #growValidity(): void {
    const capacity = this.#offsets.length;
    const grown = validityBytes(null, capacity);
    if (this.#validity !== null) grown.set(this.#validity);
    this.#validity = grown;
  }
}

/** Rows behind the end of `validity` came after the last NULL. */
function paddedValidity(validity: Uint8Array, length: number): Uint8Array {
  if (validity.length >= length) return validity.subarray(0, length);
  const padded = validityBytes(null, length);
  padded.set(validity);
  return padded;
}

/** Writes UTF-8 at `at` and returns its length. Short ASCII goes by a loop; the room must hold three bytes per sign. */
function encodeInto(text: string, bytes: Uint8Array, at: number): number {
  const { length } = text;
  if (length <= 32) {
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) break;
      bytes[at + i] = code;
    }
    if (i === length) return length;
  }
  return encoder.encodeInto(text, bytes.subarray(at)).written;
}
