/** The first position of `needle` in bytes[from, to), or -1; an empty needle is found at once. */
export function indexOfBytes(bytes: Uint8Array, [from, to]: readonly [number, number], needle: Uint8Array): number {
  const last = to - needle.length;
  const first = needle[0];
  for (let p = from; p <= last; p++) {
    if (needle.length === 0) return p;
    if (bytes[p] === first && isBytesAt(bytes, p, needle)) return p;
  }
  return -1;
}

/** Whether `needle` stands at position `at`; the caller knows that there is room for it. */
export function isBytesAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}
