import { allDone } from "./all-done.js";
import { appendWhole } from "./append-whole.js";
import type { Crc32 } from "./crc32.js";
import type { NewFile } from "./file-system.js";

export interface Written {
  readonly bytes: number;
  /** CRC-32 of them. */
  readonly crc: number;
}

/**
 * Writes the pieces one after the other. While the platform writes one, its checksum is taken and the next one is made:
 * neither costs time of its own.
 */
export async function appendPieces(file: NewFile, pieces: Iterable<Uint8Array>, crc32: Crc32): Promise<Written> {
  const iterator = pieces[Symbol.iterator]();
  let bytes = 0;
  let crc = 0;
  let next = iterator.next();
  while (next.done !== true) {
    const piece = next.value;
    await allDone([
      appendWhole(file, piece),
      settled(() => {
        bytes += piece.length;
        crc = crc32(piece, crc);
        next = iterator.next();
      }),
    ]);
  }
  return { bytes, crc };
}

/** What has been done at once, and the error that it may have thrown as a rejection. */
async function settled(work: () => void): Promise<void> {
  work();
}
