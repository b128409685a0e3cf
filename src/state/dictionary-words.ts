import type { BytesColumn } from "../columnar/column.js";
import { encodeText, TEXT_WORDS, viewOf } from "./text-words.js";

/** The words of every entry of one dictionary that a row has used: made once, then gathered. */
export class DictionaryWords {
  readonly dictionary: BytesColumn;
  /** Words of entry id from id * TEXT_WORDS on; right only after `ensure(id)`. */
  readonly words: Int32Array;
  /** 1 = the entry's words are there. */
  readonly made: Uint8Array;
  readonly #view: DataView;
  readonly #id = new Int32Array(1);

  constructor(dictionary: BytesColumn) {
    this.dictionary = dictionary;
    this.words = new Int32Array(dictionary.length * TEXT_WORDS);
    this.made = new Uint8Array(dictionary.length);
    this.#view = viewOf(dictionary.bytes);
  }

  make(id: number): void {
    this.#id[0] = id;
    const source = { text: this.dictionary, view: this.#view };
    encodeText(source, { rows: this.#id, from: 0, count: 1, images: this.words, stride: TEXT_WORDS }, id * TEXT_WORDS);
    this.made[id] = 1;
  }
}
