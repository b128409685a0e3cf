import { joinBytes } from "../../columnar/join-bytes.js";
import { OutputLimit } from "../../common/compression.js";
import type { Decompress } from "./codec-registry.js";
import { largestWindow } from "./zstd-frames.js";

/** Zstandard by the optional package fzstd, for runtimes that have none; null where it is not installed. */
export async function loadFzstd(): Promise<Decompress | null> {
  try {
    const { Decompress } = await import("fzstd");
    return (compressed, maxBytes) => decompressBy(Decompress, compressed, maxBytes);
  } catch {
    return null;
  }
}

type Stream = typeof import("fzstd").Decompress;

/** Block by block, so that bytes that would be too many are not made. */
function decompressBy(Stream: Stream, compressed: Uint8Array, maxBytes: number): Uint8Array {
  if (largestWindow(compressed) > maxBytes) throw new OutputLimit(`more than ${maxBytes} bytes`);
  const blocks: Uint8Array[] = [];
  let length = 0;
  const stream = new Stream((block) => {
    length += block.length;
    if (length > maxBytes) throw new OutputLimit(`more than ${maxBytes} bytes`);
    blocks.push(block);
  });
  stream.push(compressed, true);
  return joinBytes(blocks);
}
