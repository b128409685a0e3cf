import { EscapedText } from "./escaped-text.js";
import { isValidUtf8 } from "./utf8.js";

const QUOTE = 34;
const BACKSLASH = 92;
const WORD = 4;
const MAX_EXACT_DIGITS = 15;
/** As in most parsers: nobody nests deeper on purpose, and the stack is finite. */
const MAX_DEPTH = 500;

/**
 * A position in JSON bytes, and the token that was scanned last. Scanners return false where the text is not JSON; they
 * leave `pos` somewhere in the same record. Tokens live in fields instead of objects, since every value of every row passes here.
 */
export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(0);
  /** Of `bytes`, whatever their place: four at a time are read where speed counts. */
  words: DataView = viewOf(this.bytes);
  pos = 0;
  end = 0;
  /** Records end at a newline: then a newline is no white space. */
  lines = false;
  depth = 0;

  /** The text scanned last: tokenBytes[tokenFrom, tokenTo), escapes decoded. */
  tokenBytes: Uint8Array = this.bytes;
  tokenFrom = 0;
  tokenTo = 0;

  /** The number scanned last: sign, up to 15 significant digits exactly, and what a fast path must know. */
  isNegative = false;
  isInteger = false;
  digits = 0;
  mantissa = 0;
  exponent = 0;
  numberFrom = 0;

  readonly #escaped = new EscapedText();

  use(bytes: Uint8Array, from: number, to: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.words = viewOf(bytes);
    }
    this.pos = from;
    this.end = to;
    this.depth = 0;
  }

  /** Moves to the next byte that is no white space and returns it; -1 at the end. */
  peek(): number {
    if (this.pos < this.end) {
      const byte = this.bytes[this.pos];
      if (byte > 32) return byte;
    }
    return this.#skipSpace();
  }

  #skipSpace(): number {
    const { bytes, end } = this;
    for (let pos = this.pos; pos < end; pos++) {
      const byte = bytes[pos];
      if (byte !== 32 && byte !== 9 && byte !== 13 && (byte !== 10 || this.lines)) {
        this.pos = pos;
        return byte;
      }
    }
    this.pos = end;
    return -1;
  }

  enter(): boolean {
    return ++this.depth <= MAX_DEPTH;
  }

  leave(): void {
    this.depth--;
  }

  /** At an opening quote. */
  scanString(): boolean {
    const { words, end } = this;
    const from = this.pos + 1;
    let pos = from;
    for (const last = end - WORD; pos <= last; pos += WORD) {
      const special = specialBytes(words.getInt32(pos, true));
      if (special === 0) continue;
      // Signs below the first one of a word are right.
      pos += (31 - Math.clz32(special & -special)) >>> 3;
      break;
    }
    if (pos >= end || this.bytes[pos] !== QUOTE) return this.#scanRest(from, pos);
    this.#foundText(from, pos);
    return true;
  }

  /**
   * At an opening quote: copies the string to `to` from `at` on, a word at a time and so up to three bytes more, and gives its length. Below
   * 0 where there is more to it, or no room for it: then the cursor has not moved, and scanString decides.
   */
  copyString(to: DataView, at: number): number {
    const { words } = this;
    const from = this.pos + 1;
    const last = Math.min(this.end, from + to.byteLength - at) - WORD;
    for (let pos = from; pos <= last; pos += WORD) {
      const word = words.getInt32(pos, true);
      to.setInt32(at + pos - from, word, true);
      const special = specialBytes(word);
      if (special === 0) continue;
      const end = pos + ((31 - Math.clz32(special & -special)) >>> 3);
      if (this.bytes[end] !== QUOTE) return -1;
      this.pos = end + 1;
      return end - from;
    }
    return -1;
  }

  /** Byte by byte: nothing special stands before `at`. */
  #scanRest(from: number, at: number): boolean {
    const { bytes, end } = this;
    let pos = at;
    let high = 0;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.#foundText(from, pos);
        return high < 128 || isValidUtf8(bytes, from, pos);
      }
      if (byte === BACKSLASH) return this.#scanEscaped(from);
      if (byte < 32) break;
      high |= byte;
      pos++;
    }
    this.pos = pos;
    return false;
  }

  #foundText(from: number, to: number): void {
    this.tokenBytes = this.bytes;
    this.tokenFrom = from;
    this.tokenTo = to;
    this.pos = to + 1;
  }

  /**
   * At a digit or a minus sign: the value of a number of at most 15 digits without an exponent, which is what nearly all are, and sets
   * `isInteger`. NaN for any other: then the cursor has not moved, and scanNumber decides.
   */
  shortNumber(): number {
    const { bytes, end } = this;
    let pos = this.pos;
    const isNegative = bytes[pos] === 45;
    if (isNegative) pos++;
    const first = pos;
    let value = 0;
    for (; pos < end; pos++) {
      const digit = bytes[pos] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (pos === first || (bytes[first] === 48 && pos > first + 1)) return Number.NaN;
    const point = pos;
    if (pos < end && bytes[pos] === 46) {
      for (pos++; pos < end; pos++) {
        const digit = bytes[pos] - 48;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (pos === point + 1) return Number.NaN;
    }
    if (pos - first > MAX_EXACT_DIGITS || (pos < end && (bytes[pos] | 32) === 101)) return Number.NaN;
    this.isInteger = pos === point;
    this.pos = pos;
    if (pos > point) value /= POWERS[pos - point - 1];
    return isNegative ? -value : value;
  }

  /** At a digit or a minus sign. */
  scanNumber(): boolean {
    const { bytes, end } = this;
    let pos = this.pos;
    this.numberFrom = pos;
    this.isNegative = bytes[pos] === 45;
    if (this.isNegative) pos++;
    this.digits = 0;
    this.mantissa = 0;
    this.exponent = 0;
    this.isInteger = true;
    const firstDigit = pos;
    pos = this.#scanDigits(pos);
    if (pos === firstDigit || (bytes[firstDigit] === 48 && pos > firstDigit + 1)) return this.#fail(pos);
    if (pos < end && bytes[pos] === 46) {
      this.isInteger = false;
      const firstDecimal = pos + 1;
      pos = this.#scanDigits(firstDecimal);
      if (pos === firstDecimal) return this.#fail(pos);
      this.exponent = firstDecimal - pos;
    }
    if (pos < end && (bytes[pos] | 32) === 101) return this.#scanExponent(pos + 1);
    this.pos = pos;
    return true;
  }

  /** The number scanned last, correctly rounded. Up to 15 digits and 10^22 are exact doubles, so one operation rounds once (Clinger). */
  float(): number {
    const { mantissa, exponent } = this;
    if (this.digits > MAX_EXACT_DIGITS || exponent > 22 || exponent < -22) return Number(this.numberText());
    const size = exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
    return this.isNegative ? -size : size;
  }

  numberText(): string {
    let text = "";
    for (let i = this.numberFrom; i < this.pos; i++) text += String.fromCharCode(this.bytes[i]);
    return text;
  }

  /** At the first letter of `word` (ASCII). */
  scanWord(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.pos + i >= this.end || this.bytes[this.pos + i] !== word.charCodeAt(i)) return false;
    }
    this.pos += word.length;
    return true;
  }

  /** Any value; nothing of it is kept. */
  skipValue(): boolean {
    const byte = this.peek();
    switch (byte) {
      case QUOTE:
        return this.scanString();
      case 123:
        return this.#skipMembers(125, true);
      case 91:
        return this.#skipMembers(93, false);
      case 116:
        return this.scanWord("true");
      case 102:
        return this.scanWord("false");
      case 110:
        return this.scanWord("null");
      default:
        return (byte === 45 || (byte >= 48 && byte <= 57)) && (!Number.isNaN(this.shortNumber()) || this.scanNumber());
    }
  }

  #skipMembers(close: number, named: boolean): boolean {
    if (!this.enter()) return false;
    this.pos++;
    if (this.peek() === close) {
      this.pos++;
      this.leave();
      return true;
    }
    for (;;) {
      if (named && !this.skipName()) return false;
      if (!this.skipValue()) return false;
      const byte = this.peek();
      this.pos++;
      if (byte === close) break;
      if (byte !== 44) return false;
    }
    this.leave();
    return true;
  }

  /** A member's name and its colon; the name is the token. */
  skipName(): boolean {
    if (this.peek() !== QUOTE || !this.scanString() || this.peek() !== 58) return false;
    this.pos++;
    return true;
  }

  #fail(pos: number): boolean {
    this.pos = pos;
    return false;
  }

  #scanDigits(from: number): number {
    const { bytes, end } = this;
    let pos = from;
    let { digits, mantissa } = this;
    while (pos < end) {
      const digit = bytes[pos] - 48;
      if (digit < 0 || digit > 9) break;
      if (digits > 0 || digit > 0) {
        if (digits < MAX_EXACT_DIGITS) mantissa = mantissa * 10 + digit;
        digits++;
      }
      pos++;
    }
    this.digits = digits;
    this.mantissa = mantissa;
    return pos;
  }

  #scanExponent(from: number): boolean {
    const { bytes, end } = this;
    this.isInteger = false;
    let pos = from;
    const isNegative = bytes[pos] === 45;
    if (pos < end && (isNegative || bytes[pos] === 43)) pos++;
    const firstDigit = pos;
    let exponent = 0;
    while (pos < end) {
      const digit = bytes[pos] - 48;
      if (digit < 0 || digit > 9) break;
      exponent = Math.min(exponent * 10 + digit, 100_000);
      pos++;
    }
    this.exponent += isNegative ? -exponent : exponent;
    this.pos = pos;
    return pos > firstDigit;
  }

  /** The slow way through a string with escapes. */
  #scanEscaped(from: number): boolean {
    const decoded = this.#escaped;
    const isText = decoded.decode(this.bytes, from, this.end);
    this.pos = decoded.pos;
    this.tokenBytes = decoded.text;
    this.tokenFrom = 0;
    this.tokenTo = decoded.length;
    return isText && isValidUtf8(decoded.text, 0, decoded.length);
  }
}

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * The highest bit of each byte that may end the plain part of a string: a quote, a backslash, one below 32 or above 127. The
 * second bit turned over, 0 to 31 stay below 33, and of what is above only the quote comes to be there.
 */
function specialBytes(word: number): number {
  const controlOrQuote = (word ^ 0x02020202) - 0x21212121;
  const backslash = (word ^ 0x5c5c5c5c) - 0x01010101;
  return (controlOrQuote | backslash | word) & 0x80808080;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
