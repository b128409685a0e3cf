const fatalDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Whether bytes[from, to) is UTF-8. */
export function isValidUtf8(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at] < 128) at++;
  if (at === to) return true;
  try {
    fatalDecoder.decode(bytes.subarray(at, to));
    return true;
  } catch {
    return false;
  }
}

/** The same bytes where they are UTF-8, else with U+FFFD in place of what is not. */
export function repairedUtf8(bytes: Uint8Array): Uint8Array {
  return isValidUtf8(bytes, 0, bytes.length) ? bytes : encoder.encode(lenientDecoder.decode(bytes));
}
