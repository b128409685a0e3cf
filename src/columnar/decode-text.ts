const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Up to this length a loop over ASCII is faster than a call into the decoder. */
const SHORT = 24;

/** bytes[from, to) as a string. A byte order mark is text like any other here. */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  if (to - from <= SHORT) {
    const text = shortAscii(bytes, from, to);
    if (text !== null) return text;
  }
  return decoder.decode(bytes.subarray(from, to));
}

function shortAscii(bytes: Uint8Array, from: number, to: number): string | null {
  let text = "";
  for (let p = from; p < to; p++) {
    const byte = bytes[p];
    if (byte > 127) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}
