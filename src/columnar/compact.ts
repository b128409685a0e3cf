import type { Chunk } from "./chunk.js";
import { takeChunk } from "./take.js";

/** The selected rows laid end to end, `sel` null; the chunk itself when it has no selection. */
export function compactChunk(chunk: Chunk): Chunk {
  return chunk.sel === null ? chunk : takeChunk(chunk, chunk.sel, chunk.sel.length);
}
