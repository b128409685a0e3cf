/** Whether bytes[from, to) has no byte above 0x7f. */
export function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let any = 0;
  for (let p = from; p < to; p++) any |= bytes[p];
  return any < 128;
}
