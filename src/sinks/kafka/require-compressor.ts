import { SinkError } from "../../common/millrace-error.js";
import type { CodecName, Compressors } from "../../formats/kafka/codec-registry.js";

/** @throws SinkError CODEC_MISSING when nothing here writes that codec */
export function requireCompressor(name: "none" | CodecName, compressors: Compressors): void {
  if (name === "none" || compressors[name] !== undefined) return;
  throw new SinkError("CODEC_MISSING", `Nothing here compresses with ${name}.`, {
    place: "option compression of the sink kafka",
    hint: `Install the package for ${name}, or choose another codec.`,
  });
}
