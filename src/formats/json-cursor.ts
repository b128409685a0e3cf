import { isValidUtf8 } from "./utf8.js";

const QUOTE = 34;
const BACKSLASH = 92;
const MAX_EXACT_DIGITS = 15;
/** As in most parsers: nobody nests deeper on purpose, and the stack is finite. */
const MAX_DEPTH = 500;

/**
 * A position in JSON bytes, and the token that was scanned last. Scanners return false where the text is not JSON; they
 * leave `pos` somewhere in the same record. Tokens live in fields instead of objects, since every value of every row passes here.
 */
export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(0);
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

  #scratch = new Uint8Array(256);

  use(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.pos = from;
    this.end = to;
    this.depth = 0;
  }

  /** Moves to the next byte that is no white space and returns it; -1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let pos = this.pos;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte > 32 || !(byte === 32 || byte === 9 || byte === 13 || (byte === 10 && !this.lines))) {
        this.pos = pos;
        return byte;
      }
      pos++;
    }
    this.pos = pos;
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
    const { bytes, end } = this;
    const from = this.pos + 1;
    let pos = from;
    let high = 0;
    while (pos < end) {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.tokenBytes = bytes;
        this.tokenFrom = from;
        this.tokenTo = pos;
        this.pos = pos + 1;
        return high < 128 || isValidUtf8(bytes, from, pos);
      }
      if (byte === BACKSLASH) return this.#scanEscaped(from, pos);
      if (byte < 32) break;
      high |= byte;
      pos++;
    }
    this.pos = pos;
    return false;
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

  /** The number scanned last is a whole one that `mantissa` holds exactly. */
  isSmallInteger(): boolean {
    return this.isInteger && this.digits <= MAX_EXACT_DIGITS;
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
        return (byte === 45 || (byte >= 48 && byte <= 57)) && this.scanNumber();
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

  /** The slow way through a string: decoded into scratch space. `escape` is the first backslash. */
  #scanEscaped(from: number, escape: number): boolean {
    const { bytes, end } = this;
    let pos = escape;
    let length = this.#copyToScratch(from, escape, 0);
    while (pos < end) {
      const byte = bytes[pos];
      if (byte === QUOTE) {
        this.pos = pos + 1;
        this.tokenBytes = this.#scratch;
        this.tokenFrom = 0;
        this.tokenTo = length;
        return isValidUtf8(this.#scratch, 0, length);
      }
      if (byte < 32) break;
      if (byte === BACKSLASH) {
        this.pos = pos + 1;
        length = this.#decodeEscape(length);
        if (length < 0) return false;
        pos = this.pos;
      } else {
        length = this.#copyToScratch(pos, pos + 1, length);
        pos++;
      }
    }
    return this.#fail(pos);
  }

  #copyToScratch(from: number, to: number, length: number): number {
    this.#reserveScratch(length + to - from);
    for (let i = from; i < to; i++) this.#scratch[length + i - from] = this.bytes[i];
    return length + to - from;
  }

  #reserveScratch(length: number): void {
    if (length <= this.#scratch.length) return;
    const larger = new Uint8Array(2 * length);
    larger.set(this.#scratch);
    this.#scratch = larger;
  }

  /** Just behind a backslash; returns the new length of the decoded text, -1 for an escape that does not exist. */
  #decodeEscape(length: number): number {
    if (this.pos >= this.end) return -1;
    const letter = this.bytes[this.pos++];
    if (letter === 117) return this.#decodeUnicode(length);
    const index = ESCAPE_LETTERS.indexOf(String.fromCharCode(letter));
    if (index < 0) return -1;
    this.#reserveScratch(length + 1);
    this.#scratch[length] = ESCAPED_BYTES[index];
    return length + 1;
  }

  /** Two escapes that form a surrogate pair are one character; half a pair is no text. */
  #decodeUnicode(length: number): number {
    const first = this.#hex4();
    if (first < 0xd800 || first > 0xdfff) return first < 0 ? -1 : this.#encode(first, length);
    if (first > 0xdbff || this.bytes[this.pos] !== BACKSLASH || this.bytes[this.pos + 1] !== 117) return -1;
    this.pos += 2;
    const second = this.#hex4();
    if (second < 0xdc00 || second > 0xdfff) return -1;
    return this.#encode(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), length);
  }

  #hex4(): number {
    if (this.pos + 4 > this.end) return -1;
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.bytes[this.pos + i]);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    this.pos += 4;
    return value;
  }

  #encode(point: number, length: number): number {
    this.#reserveScratch(length + 4);
    const out = this.#scratch;
    if (point < 0x80) {
      out[length] = point;
      return length + 1;
    }
    const extra = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    out[length] = ((0xff00 >> (extra + 1)) & 0xff) | (point >> (6 * extra));
    for (let i = 1; i <= extra; i++) out[length + i] = 0x80 | ((point >> (6 * (extra - i))) & 0x3f);
    return length + extra + 1;
  }
}

const ESCAPE_LETTERS = '"\\/bfnrt';
const ESCAPED_BYTES = [34, 92, 47, 8, 12, 10, 13, 9];
const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
