/** White space and control signs, which Spark's casts pass over at both ends. */
export function isBlank(byte: number): boolean {
  return byte <= 32 || byte === 127;
}
