import { CHUNK_ROWS } from "../../columnar/chunk.js";
import type { Int32List } from "../../state/int32-list.js";

/** Hands a list on in pieces of at most CHUNK_ROWS, in order; nothing for an empty list. */
export function sendInPieces(
  { items, length }: Int32List,
  send: (piece: Int32Array, count: number, from: number) => void,
): void {
  for (let from = 0; from < length; from += CHUNK_ROWS) {
    const to = Math.min(length, from + CHUNK_ROWS);
    send(items.subarray(from, to), to - from, from);
  }
}
