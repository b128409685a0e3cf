import type { BytesColumn, Column, DictionaryColumn } from "../columnar/column.js";
import { assert } from "../common/assert.js";
import type { KeyLayout, KeyPart } from "./key-layout.js";
import { encodeBool, encodeFloat64, encodeInt32, encodeInt64, halvesOf, maskNullWords, type WordBlock } from "./number-words.js";
import { encodeOrdered } from "./order-codec.js";
import { encodeText, maskNullText, TEXT_WORDS, viewOf } from "./text-words.js";

/** The key columns of one chunk, ready to be turned into images. */
export interface BoundKeys {
  readonly parts: readonly BoundPart[];
  /** By ordinal among text parts: where the bytes of row r are. */
  readonly texts: readonly BoundText[];
  readonly rows: Int32Array;
}
type BoundPart = (block: Omit<WordBlock, "word">) => void;

/** A text part's own bytes: row r is row indices[r] (null = r) of `text`. */
export interface BoundText {
  readonly text: BytesColumn;
  readonly indices: Int32Array | null;
}

interface Leaf {
  readonly column: Column;
  /** NULLs of the leaf and of every struct around it; null = none. */
  readonly validity: Uint8Array | null;
}

const NO_TEXT: BytesColumn = {
  layout: "bytes", type: { kind: "binary" }, length: 0, nullCount: 0, validity: null, offsets: new Int32Array(1), bytes: new Uint8Array(0),
};
/** Up to so many dictionary entries per row, the words of an entry are made once; above, they are made per row. */
const DICTIONARY_ENTRIES_PER_ROW = 4;

/** Turns the key columns of chunks into images. Remembers the words of the last dictionary of each text part. */
export class KeyImages {
  readonly #layout: KeyLayout;
  readonly #dictionaries: (DictionaryWords | null)[];

  constructor(layout: KeyLayout) {
    this.#layout = layout;
    this.#dictionaries = layout.textParts.map(() => null);
  }

  bind(keys: readonly Column[], rows: Int32Array, count: number): BoundKeys {
    const texts: BoundText[] = [];
    const parts = this.#layout.parts.map((part) => {
      const leaf = leafOf(keys, part.path);
      if (part.text < 0) return bindNumber(part, leaf);
      const bound = this.#bindText(part, leaf, { rows, count });
      texts.push(bound.source);
      return bound.encode;
    });
    return { parts, texts, rows };
  }

  /** Writes the images of rows[from, from + count) to `words`. */
  encode(bound: BoundKeys, range: { from: number; count: number }, words: Int32Array): void {
    const stride = this.#layout.imageWords;
    if (this.#layout.nullWords > 0) clearNullWords(words, range.count * stride, this.#layout);
    const block = { rows: bound.rows, from: range.from, count: range.count, words, stride };
    for (const encode of bound.parts) encode(block);
  }

  #bindText(part: KeyPart, leaf: Leaf, selection: { rows: Int32Array; count: number }): { source: BoundText; encode: BoundPart } {
    const { column, validity } = leaf;
    const allNull = { source: { text: NO_TEXT, indices: null }, encode: (block: Omit<WordBlock, "word">) => nullText(part, block) };
    if (column.layout === "null") return allNull;
    const plain = part.kind === "encoded" ? encodeOrdered(column, selection.rows, selection.count) : column;
    assert(plain.layout === "bytes" || plain.layout === "dictionary", `a text key has layout ${plain.layout}`);
    // Every row is NULL: there is nothing that an index could be in range of.
    if (plain.layout === "dictionary" && plain.dictionary.length === 0) return allNull;
    const encode = plain.layout === "bytes" ? plainText(plain, part.word) : this.#dictionaryText(plain, part, selection.count);
    const source = plain.layout === "bytes" ? { text: plain, indices: null } : { text: plain.dictionary, indices: plain.indices };
    if (validity === null) return { source, encode };
    return {
      source,
      encode: (block) => {
        encode(block);
        maskNullText({ ...block, word: part.word }, validity);
      },
    };
  }

  #dictionaryText(column: DictionaryColumn, part: KeyPart, count: number): BoundPart {
    let words = this.#dictionaries[part.text];
    if (words?.dictionary !== column.dictionary) {
      if (column.dictionary.length > count * DICTIONARY_ENTRIES_PER_ROW) return directDictionaryText(column, part.word);
      words = new DictionaryWords(column.dictionary);
      this.#dictionaries[part.text] = words;
    }
    const known = words;
    return (block) => known.gather(column.indices, { ...block, word: part.word });
  }
}

function clearNullWords(words: Int32Array, end: number, layout: KeyLayout): void {
  const { nullWords, imageWords } = layout;
  for (let k = 0; k < nullWords; k++) {
    for (let at = k; at < end; at += imageWords) words[at] = 0;
  }
}

function nullText(part: KeyPart, block: Omit<WordBlock, "word">): void {
  maskNullText({ ...block, word: part.word, rows: new Int32Array(block.from + block.count) }, new Uint8Array(1));
}

function plainText(text: BytesColumn, word: number): BoundPart {
  const view = viewOf(text.bytes);
  return (block) => encodeText({ ...block, text, view, word });
}

/** A dictionary much larger than the chunk: the words of each row are made from its dictionary row. */
function directDictionaryText(column: DictionaryColumn, word: number): BoundPart {
  const view = viewOf(column.dictionary.bytes);
  return (block) => {
    const rows = new Int32Array(block.count);
    for (let i = 0; i < block.count; i++) rows[i] = column.indices[block.rows[block.from + i]];
    encodeText({ ...block, rows, from: 0, text: column.dictionary, view, word });
  };
}

function bindNumber(part: KeyPart, leaf: Leaf): BoundPart {
  const { column, validity } = leaf;
  const encode = numberEncoder(column);
  const size = part.kind === "presence" ? 0 : part.kind === "pair" || part.kind === "float" ? 2 : 1;
  return (block) => {
    const full = { ...block, word: part.word };
    if (part.kind !== "presence") encode(full);
    if (column.layout === "null" || validity !== null) maskNullWords(full, validity, { nullBit: part.nullBit, size });
  };
}

function numberEncoder(column: Column): (block: WordBlock) => void {
  switch (column.layout) {
    case "bool":
      return (block) => encodeBool(column, block);
    case "int32":
      return (block) => encodeInt32(column, block);
    case "int64": {
      const halves = halvesOf(column);
      return (block) => encodeInt64(halves, block);
    }
    case "float64": {
      const halves = halvesOf(column);
      return (block) => encodeFloat64(column, halves, block);
    }
    default:
      return () => {};
  }
}

function leafOf(keys: readonly Column[], path: readonly number[]): Leaf {
  let column = keys[path[0]];
  let validity = column.validity;
  for (const member of path.slice(1)) {
    if (column.layout === "null") return { column, validity: null };
    assert(column.layout === "struct", `a struct key has layout ${column.layout}`);
    column = column.children[member];
    validity = bothValid(validity, column.validity);
  }
  return { column, validity: column.layout === "null" ? null : validity };
}

function bothValid(outer: Uint8Array | null, inner: Uint8Array | null): Uint8Array | null {
  if (outer === null || inner === null) return outer ?? inner;
  return inner.map((valid, row) => valid & outer[row]);
}

/** The words of every entry of one dictionary that a row has used: made once, then gathered. */
class DictionaryWords {
  readonly dictionary: BytesColumn;
  readonly #words: Int32Array;
  readonly #made: Uint8Array;
  readonly #view: DataView;
  readonly #one = new Int32Array(1);

  constructor(dictionary: BytesColumn) {
    this.dictionary = dictionary;
    this.#words = new Int32Array(dictionary.length * TEXT_WORDS);
    this.#made = new Uint8Array(dictionary.length);
    this.#view = viewOf(dictionary.bytes);
  }

  gather(indices: Int32Array, block: WordBlock): void {
    const { rows, from, count, words, stride } = block;
    const source = this.#words;
    const made = this.#made;
    for (let i = 0, at = block.word; i < count; i++, at += stride) {
      const id = indices[rows[from + i]];
      if (made[id] === 0) this.#make(id);
      const entry = id * TEXT_WORDS;
      words[at] = source[entry];
      words[at + 1] = source[entry + 1];
      words[at + 2] = source[entry + 2];
      words[at + 3] = source[entry + 3];
      words[at + 4] = source[entry + 4];
    }
  }

  #make(id: number): void {
    this.#one[0] = id;
    const word = id * TEXT_WORDS;
    encodeText({ text: this.dictionary, view: this.#view, rows: this.#one, from: 0, count: 1, words: this.#words, stride: TEXT_WORDS, word });
    this.#made[id] = 1;
  }
}
