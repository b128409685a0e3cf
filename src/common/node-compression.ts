import * as zlib from "node:zlib";
import { type Compression, OutputLimit, type Zstandard } from "./compression.js";

type Bounded = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** What only newer Node versions have (22.15 on). */
interface NewerZlib {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
  readonly zstdDecompressSync?: Bounded;
}

/** Node's zlib. */
export const nodeCompression: Compression = {
  gzip: (bytes) => plainBytes(zlib.gzipSync(bytes)),
  gunzip: (compressed, maxBytes) => bounded(zlib.gunzipSync, compressed, maxBytes),
  zstd: zstandardOf(zlib as NewerZlib),
};

/** Null for a zlib without Zstandard. */
export function zstandardOf({ zstdCompressSync, zstdDecompressSync }: NewerZlib): Zstandard | null {
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return null;
  return {
    compress: (bytes) => plainBytes(zstdCompressSync(bytes)),
    decompress: (compressed, maxBytes) => bounded(zstdDecompressSync, compressed, maxBytes),
  };
}

function bounded(decompress: Bounded, compressed: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return plainBytes(decompress(compressed, { maxOutputLength: maxBytes }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new OutputLimit(`more than ${maxBytes} bytes`, { cause: error });
  }
}

/** Columns are made of plain arrays, never of Buffers. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
