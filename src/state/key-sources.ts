import type { BytesColumn, Column, DictionaryColumn } from "../columnar/column.js";
import { assert } from "../common/assert.js";
import { DictionaryWords } from "./dictionary-words.js";
import type { KeyLayout, KeyPart } from "./key-layout.js";
import { halvesOf } from "./number-words.js";
import { encodeOrdered } from "./order-codec.js";
import { viewOf } from "./text-words.js";

/** One leaf of the key in one chunk: what its words are made of. `validity` counts in the structs around it. */
export type KeySource =
  | { readonly kind: "null" }
  | { readonly kind: "presence"; readonly validity: Uint8Array | null }
  | { readonly kind: "bool"; readonly values: Uint8Array; readonly validity: Uint8Array | null }
  | { readonly kind: "word"; readonly values: Int32Array; readonly validity: Uint8Array | null }
  | { readonly kind: "pair"; readonly halves: Int32Array; readonly validity: Uint8Array | null }
  | {
      readonly kind: "float";
      readonly values: Float64Array;
      readonly halves: Int32Array;
      readonly validity: Uint8Array | null;
    }
  | TextSource
  | {
      readonly kind: "dictionary";
      readonly indices: Int32Array;
      readonly dictionary: DictionaryWords;
      readonly validity: Uint8Array | null;
    };

export interface TextSource {
  readonly kind: "text";
  readonly text: BytesColumn;
  readonly view: DataView;
  readonly validity: Uint8Array | null;
}

/** Up to so many dictionary entries per row, the words of an entry are made once; above, texts are looked up per row. */
const DICTIONARY_ENTRIES_PER_ROW = 4;

/** Reads the key columns of chunks. Remembers the last dictionary of each part, whose words need not be made again. */
export class KeySources {
  readonly #layout: KeyLayout;
  readonly #dictionaries: (DictionaryWords | null)[];

  constructor(layout: KeyLayout) {
    this.#layout = layout;
    this.#dictionaries = layout.parts.map(() => null);
  }

  /** The sources of every part, in the order of the parts. */
  bind(keys: readonly Column[], rows: Int32Array, count: number): KeySource[] {
    return this.#layout.parts.map((part, ordinal) => {
      const { column, validity } = leafOf(keys, part.path);
      if (column.layout === "null") return { kind: "null" };
      if (part.kind === "encoded") return textSource(encodeOrdered(column, rows, count), validity);
      if (column.layout === "dictionary") return this.#dictionarySource(column, validity, { ordinal, count });
      return sourceOf(part, column, validity);
    });
  }

  #dictionarySource(
    column: DictionaryColumn,
    validity: Uint8Array | null,
    at: { ordinal: number; count: number },
  ): KeySource {
    const { dictionary, indices } = column;
    // Every row is NULL: there is nothing that an index could be in range of.
    if (dictionary.length === 0) return { kind: "null" };
    let words = this.#dictionaries[at.ordinal];
    if (words?.dictionary !== dictionary) {
      if (dictionary.length > at.count * DICTIONARY_ENTRIES_PER_ROW) return textSource(texts(column), validity);
      words = new DictionaryWords(dictionary);
      this.#dictionaries[at.ordinal] = words;
    }
    return { kind: "dictionary", indices, dictionary: words, validity };
  }
}

function sourceOf(part: KeyPart, column: Column, validity: Uint8Array | null): KeySource {
  if (part.kind === "presence") return { kind: "presence", validity };
  switch (column.layout) {
    case "bool":
      return { kind: "bool", values: column.values, validity };
    case "int32":
      return { kind: "word", values: column.values, validity };
    case "int64":
      return { kind: "pair", halves: halvesOf(column), validity };
    case "float64":
      return { kind: "float", values: column.values, halves: halvesOf(column), validity };
    case "bytes":
      return textSource(column, validity);
    default:
      throw new Error(`Broken invariant: a key of type ${part.type.kind} has layout ${column.layout}`);
  }
}

function textSource(text: BytesColumn, validity: Uint8Array | null): TextSource {
  return { kind: "text", text, view: viewOf(text.bytes), validity };
}

/** The rows of a small chunk with a huge dictionary, as plain texts. */
function texts(column: DictionaryColumn): BytesColumn {
  const { dictionary, indices, length } = column;
  const offsets = new Int32Array(length + 1);
  const startOf = (row: number): number => dictionary.offsets[indices[row]];
  const endOf = (row: number): number => dictionary.offsets[indices[row] + 1];
  for (let row = 0; row < length; row++) offsets[row + 1] = offsets[row] + endOf(row) - startOf(row);
  const bytes = new Uint8Array(offsets[length]);
  for (let row = 0; row < length; row++) bytes.set(dictionary.bytes.subarray(startOf(row), endOf(row)), offsets[row]);
  return { layout: "bytes", type: column.type, length, nullCount: 0, validity: null, offsets, bytes };
}

function leafOf(keys: readonly Column[], path: readonly number[]): { column: Column; validity: Uint8Array | null } {
  let column = keys[path[0]];
  let validity = column.validity;
  for (const member of path.slice(1)) {
    if (column.layout === "null") return { column, validity: null };
    assert(column.layout === "struct", `a struct key has layout ${column.layout}`);
    column = column.children[member];
    validity = bothValid(validity, column.validity);
  }
  return { column, validity };
}

function bothValid(outer: Uint8Array | null, inner: Uint8Array | null): Uint8Array | null {
  if (outer === null || inner === null) return outer ?? inner;
  return inner.map((valid, row) => valid & outer[row]);
}
