const QUOTE = 34;
const BACKSLASH = 92;
const LETTER_U = 117;
const LETTERS = '"\\/bfnrt';
const MEANINGS = [34, 92, 47, 8, 12, 10, 13, 9];

/** Decodes JSON strings that have escapes into its own space; the few strings that need it pay for it. */
export class EscapedText {
  /** The decoded bytes are text[0, length); valid until the next decode. Whether raw bytes among them are UTF-8 is not checked. */
  text: Uint8Array = new Uint8Array(256);
  length = 0;
  /** Behind the closing quote; at the offending byte after a failure. */
  pos = 0;
  #bytes: Uint8Array = this.text;
  #end = 0;

  /** `from` is behind the opening quote. False: the string does not end before `end`, or holds what no string may. */
  decode(...[bytes, from, end]: [Uint8Array, number, number]): boolean {
    this.#bytes = bytes;
    this.#end = end;
    this.pos = from;
    this.length = 0;
    while (this.pos < end) {
      const byte = bytes[this.pos];
      if (byte < 32) return false;
      this.pos++;
      if (byte === QUOTE) return true;
      if (byte !== BACKSLASH) this.#put(byte);
      else if (!this.#escape()) return false;
    }
    return false;
  }

  #escape(): boolean {
    if (this.pos >= this.#end) return false;
    const letter = this.#bytes[this.pos++];
    if (letter === LETTER_U) return this.#unicode();
    const index = LETTERS.indexOf(String.fromCharCode(letter));
    if (index < 0) return false;
    this.#put(MEANINGS[index]);
    return true;
  }

  /** Two escapes that form a surrogate pair are one character; half a pair is no text. */
  #unicode(): boolean {
    const first = this.#hex4();
    if (first < 0) return false;
    if (first < 0xd800 || first > 0xdfff) return this.#putPoint(first);
    const isPair = first <= 0xdbff && this.#bytes[this.pos] === BACKSLASH && this.#bytes[this.pos + 1] === LETTER_U;
    if (!isPair) return false;
    this.pos += 2;
    const second = this.#hex4();
    if (second < 0xdc00 || second > 0xdfff) return false;
    return this.#putPoint(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
  }

  #hex4(): number {
    if (this.pos + 4 > this.#end) return -1;
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.#bytes[this.pos + i]);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    this.pos += 4;
    return value;
  }

  #putPoint(point: number): true {
    if (point < 0x80) {
      this.#put(point);
      return true;
    }
    const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    this.#put(((0xff00 >> (more + 1)) & 0xff) | (point >> (6 * more)));
    for (let i = more - 1; i >= 0; i--) this.#put(0x80 | ((point >> (6 * i)) & 0x3f));
    return true;
  }

  #put(byte: number): void {
    if (this.length === this.text.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.text);
      this.text = larger;
    }
    this.text[this.length++] = byte;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
