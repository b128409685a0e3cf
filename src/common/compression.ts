/** Decompressed bytes would be more than they may. */
export class OutputLimit extends RangeError {}

/** Compression that the machine brings along. */
export interface Compression {
  gzip(bytes: Uint8Array): Uint8Array;
  /** @throws OutputLimit, without having made them, where there would be more than `maxBytes`; another error for bytes that are not gzip. */
  gunzip(compressed: Uint8Array, maxBytes: number): Uint8Array;
  /** Zstandard; null where the runtime has none. `decompress` throws as gunzip does. */
  readonly zstd: Zstandard | null;
}

export interface Zstandard {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(compressed: Uint8Array, maxBytes: number): Uint8Array;
}
