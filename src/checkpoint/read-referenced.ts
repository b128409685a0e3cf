import { crcText } from "../common/crc32.js";
import type { CheckpointFiles } from "./checkpoint-files.js";
import { corruptCheckpoint } from "./corrupt-checkpoint.js";
import type { FileEntry } from "./records.js";

/** The file that a record refers to; CHECKPOINT_CORRUPT unless it is exactly what was written. */
export async function readReferenced(files: CheckpointFiles, { path, bytes, crc32 }: FileEntry): Promise<Uint8Array> {
  const [folder, name] = path.split("/") as ["state" | "prepared", string];
  const content = await files.read(folder, name);
  const place = files.path(folder, name);
  if (content === null) throw corruptCheckpoint(place, "it is missing");
  if (content.length !== bytes) throw corruptCheckpoint(place, `it has ${content.length} bytes instead of ${bytes}`);
  if (crcText(files.crc32(content)) !== crc32) throw corruptCheckpoint(place, "its checksum is wrong");
  return content;
}
