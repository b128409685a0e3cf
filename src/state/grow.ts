/** Copies of typed arrays with more room; what is new is 0 (or `fill`). The old array must not be used any more. */
export function growInt32(array: Int32Array, capacity: number, fill = 0): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity);
  grown.set(array);
  if (fill !== 0) grown.fill(fill, array.length);
  return grown;
}

export function growFloat64(array: Float64Array, capacity: number, fill = 0): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(array);
  if (fill !== 0) grown.fill(fill, array.length);
  return grown;
}

export function growBytes(array: Uint8Array, capacity: number, fill = 0): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(capacity);
  grown.set(array);
  if (fill !== 0) grown.fill(fill, array.length);
  return grown;
}

/** The next capacity that holds `needed`: doubling, so that growing costs O(1) per element. */
export function nextCapacity(capacity: number, needed: number): number {
  let next = Math.max(16, capacity);
  while (next < needed) next *= 2;
  return next;
}
