const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 61;
const LETTERS = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const VALUES = new Int8Array(256).fill(-1);
for (const [value, letter] of LETTERS.entries()) VALUES[letter] = value;

/** Decodes standard base64 (padding may be missing) to `out` from `at`; the number of bytes written, -1 where it is none. */
export function decodeBase64(text: Uint8Array, out: Uint8Array, at: number): number {
  let length = text.length;
  while (length > 0 && text.length - length < 2 && text[length - 1] === PADDING) length--;
  if (length % 4 === 1) return -1;
  let bits = 0;
  let held = 0;
  let end = at;
  for (let i = 0; i < length; i++) {
    const value = VALUES[text[i]];
    if (value < 0) return -1;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[end++] = held >> bits;
  }
  return end - at;
}

/** Encodes with padding to `out` from `at`; the number of letters written, 4 per 3 bytes begun. */
export function encodeBase64(bytes: Uint8Array, out: Uint8Array, at: number): number {
  let end = at;
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    const present = Math.min(3, bytes.length - i);
    for (let letter = 0; letter < 4; letter++) {
      out[end++] = letter > present ? PADDING : LETTERS[(word >> (18 - 6 * letter)) & 63];
    }
  }
  return end - at;
}
