// Code points of UTF-8 are counted by their first bytes: every byte but a continuation (10xxxxxx) begins one.

/** The code points in bytes[from, to). */
export function codePoints(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let p = from; p < to; p++) if ((bytes[p] & 0xc0) !== 0x80) count++;
  return count;
}

/** The position behind the first `count` code points from `from` on, at most `to`. */
export function skipCodePoints(bytes: Uint8Array, [from, to]: readonly [number, number], count: number): number {
  let left = count;
  let p = from;
  while (p < to) {
    if ((bytes[p] & 0xc0) !== 0x80 && left-- <= 0) return p;
    p++;
  }
  return to;
}
