import { SinkError } from "../../common/millrace-error.js";
import type { CodecName, Compressors } from "../../formats/kafka/codec-registry.js";

/** @throws SinkError CODEC_MISSING when nothing here writes that codec */
export function requireCompressor(name: "none" | CodecName, compressors: Compressors): void {
  if (name === "none" || compressors[name] !== undefined) return;
  const known = ["none", ...Object.keys(compressors)].join(", ");
  throw new SinkError("CODEC_MISSING", `Nothing here compresses with ${name}.`, {
    place: "option 'compression' of the Kafka sink",
    hint: `Choose ${known}${name === "zstd" ? "; Node has zstd from 22.15 on" : ""}.`,
  });
}
