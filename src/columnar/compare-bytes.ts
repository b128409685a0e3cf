/** Compares a[aFrom, aTo) with b[bFrom, bTo) byte by byte, a prefix first: for UTF-8 this is the order of code points. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const aLength = aTo - aFrom;
  const bLength = bTo - bFrom;
  const shared = Math.min(aLength, bLength);
  for (let k = 0; k < shared; k++) {
    const order = a[aFrom + k] - b[bFrom + k];
    if (order !== 0) return order;
  }
  return aLength - bLength;
}
