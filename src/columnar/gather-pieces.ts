import { allocateBytes } from "./buffers.js";

/** Pieces of fewer bytes are copied together: a call of its own to write one would cost more. */
const SMALL_PIECE = 262_144;
const BUFFER_BYTES = 4 * SMALL_PIECE;

/**
 * Where small pieces are copied together. Memory that is allocated for every file, only to be written, makes the collector
 * run; so two buffers take turns: one is filled while the other is being written.
 */
export class PieceBuffers {
  #next: Uint8Array | null = null;
  #other: Uint8Array | null = null;

  take(): Uint8Array {
    const buffer = this.#next ?? allocateBytes(BUFFER_BYTES);
    this.#next = this.#other;
    this.#other = buffer;
    return buffer;
  }
}

/**
 * The same bytes in fewer pieces. Large ones come as they are. With `buffers`, a piece means something until the one after
 * the next is asked for.
 */
export function* gatherPieces(pieces: Iterable<Uint8Array>, buffers: PieceBuffers | null): Generator<Uint8Array, void> {
  const take = (): Uint8Array => buffers?.take() ?? allocateBytes(BUFFER_BYTES);
  let buffer: Uint8Array | null = null;
  let filled = 0;
  for (const piece of pieces) {
    const isLarge = piece.length >= SMALL_PIECE;
    if (buffer !== null && (isLarge || filled + piece.length > buffer.length)) {
      yield buffer.subarray(0, filled);
      buffer = null;
    }
    if (isLarge) {
      yield piece;
      continue;
    }
    if (buffer === null) {
      buffer = take();
      filled = 0;
    }
    buffer.set(piece, filled);
    filled += piece.length;
  }
  if (buffer !== null) yield buffer.subarray(0, filled);
}
