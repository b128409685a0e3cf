import { allocateBytes } from "./buffers.js";

/** The pieces, end to end. */
export function joinBytes(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const all = [...pieces];
  const bytes = allocateBytes(all.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
