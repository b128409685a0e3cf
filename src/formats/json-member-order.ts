import type { JsonCursor } from "./json-cursor.js";

const WORD = 4;
const MOST_MEMBERS = 64;
/** Of one name, white space and all. */
const MOST_BYTES = 64;

/**
 * The members of the first record, in its order: each name as it stood there, with quotes, colon and the white space around.
 * Records of one source are mostly alike, so that a member is recognized by comparing a word or two, be it one that is read
 * or one that is skipped. Bytes that are the same mean the same; whatever differs is read in the general way.
 */
export class JsonMemberOrder {
  #count = 0;
  /** Each name as words; the last one overlaps the one before, so that it ends with the name. */
  #words = new Int32Array(MOST_MEMBERS);
  readonly #from = new Int32Array(MOST_MEMBERS + 1);
  readonly #lengths = new Int32Array(MOST_MEMBERS);
  readonly #fields = new Int32Array(MOST_MEMBERS);
  /** The place behind each field's. */
  readonly #behind: Int32Array;

  /** Where the member begins that was looked at last. */
  #begin = 0;

  constructor(fields: number) {
    this.#behind = new Int32Array(fields);
  }

  /** Whether the member at `place` stands at the cursor; then the cursor moves to its value. */
  accepts(place: number, cursor: JsonCursor): boolean {
    const { pos, words } = cursor;
    this.#begin = pos;
    if (place >= this.#count) return false;
    const to = pos + this.#lengths[place];
    if (to > cursor.end) return false;
    const known = this.#words;
    const last = to - WORD;
    let next = this.#from[place];
    for (let at = pos; at < last; at += WORD) if (words.getInt32(at, true) !== known[next++]) return false;
    if (words.getInt32(last, true) !== known[next]) return false;
    cursor.pos = to;
    return true;
  }

  /** The field of the member at `place`; below 0: it is skipped. */
  fieldAt(place: number): number {
    return this.#fields[place];
  }

  /** The member that was not accepted has been read in the general way, up to its value. Gives the place of the next one. */
  learn(place: number, field: number, cursor: JsonCursor): number {
    const length = cursor.pos - this.#begin;
    if (place < this.#count || place === MOST_MEMBERS || length < WORD || length > MOST_BYTES) {
      return field < 0 ? place : this.#behind[field];
    }
    this.#put(place, length, cursor.words);
    this.#fields[place] = field;
    this.#count = place + 1;
    if (field >= 0) this.#behind[field] = place + 1;
    return place + 1;
  }

  #put(place: number, length: number, words: DataView): void {
    const from = this.#begin;
    let next = this.#from[place];
    if (next + MOST_BYTES / WORD > this.#words.length) this.#words = doubled(this.#words);
    const last = length - WORD;
    for (let i = 0; i < last; i += WORD) this.#words[next++] = words.getInt32(from + i, true);
    this.#words[next++] = words.getInt32(from + last, true);
    this.#lengths[place] = length;
    this.#from[place + 1] = next;
  }
}

function doubled(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * words.length);
  larger.set(words);
  return larger;
}
