import type { Compression } from "../../common/compression.js";
import { lz4Compress, lz4Decompress } from "../codecs/lz4-frame.js";
import { snappyCompress, snappyDecompress } from "../codecs/snappy.js";
import { zstdDecompress } from "../codecs/zstd.js";
import type { Codecs, Compressors } from "./codec-registry.js";

/** What can be read here: all codecs; zstd by the machine where it can, which is faster. */
export async function loadCodecs(compression: Compression): Promise<Codecs> {
  const zstd = compression.zstd?.decompress ?? zstdDecompress;
  return { gzip: compression.gunzip, snappy: snappyDecompress, lz4: lz4Decompress, zstd };
}

/** What can be written here: all codecs, zstd where the machine has it. */
export async function loadCompressors(compression: Compression): Promise<Compressors> {
  const compressors = { gzip: compression.gzip, snappy: snappyCompress, lz4: lz4Compress };
  return compression.zstd === null ? compressors : { ...compressors, zstd: compression.zstd.compress };
}
