/** Codecs of record batches by their number: 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
export type CodecName = "gzip" | "snappy" | "lz4" | "zstd";

/** Makes bytes out of compressed ones. @throws OutputLimit, without having made them, where there would be more than `maxBytes`; another error for bytes that are damaged. */
export type Decompress = (compressed: Uint8Array, maxBytes: number) => Uint8Array;

/** What can be read; a codec that is not there is refused when a batch uses it, with the place. */
export type Codecs = { readonly [K in CodecName]?: Decompress };

export type Compress = (bytes: Uint8Array) => Uint8Array;

/** What can be written. */
export type Compressors = { readonly [K in CodecName]?: Compress };

/** Index = the number in a batch's attributes; 0 is "not compressed". */
export const CODEC_NAMES: readonly ("none" | CodecName)[] = ["none", "gzip", "snappy", "lz4", "zstd"];
