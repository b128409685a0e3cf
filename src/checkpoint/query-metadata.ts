import { CheckpointError } from "../common/millrace-error.js";
import { type CheckpointFiles, FOLDERS } from "./checkpoint-files.js";
import { corruptCheckpoint } from "./corrupt-checkpoint.js";
import { DamagedLog } from "./damaged-log.js";
import { isTemporary, numbersOf } from "./entry-name.js";
import { decodeLog, encodeLog } from "./log-file.js";
import { metadataShape } from "./record-shapes.js";
import type { CheckpointMetadata } from "./records.js";

/** What a checkpoint consists of, and what file systems put into a directory by themselves. */
const OWN_NAMES: readonly string[] = [...FOLDERS, "lost+found"];
const PLACE = { folder: "root", name: "metadata", batch: null } as const;

/**
 * Who the query of this checkpoint is. Published by the first run. Once there are logs it is never made anew: sinks know the
 * query by its id, and would take every batch a second time from another one.
 */
export async function openMetadata(
  files: CheckpointFiles,
  make: () => CheckpointMetadata,
): Promise<{ readonly metadata: CheckpointMetadata; readonly isNew: boolean }> {
  const found = await readMetadata(files);
  if (found !== "missing" && found !== "corrupt") return { metadata: found, isNew: false };
  if (await hasLogs(files))
    throw corruptCheckpoint(files.path("root", PLACE.name), `it is ${found}, but there are logs beside it`);
  // Torn by a first run that never came to log anything: nobody knows that id.
  if (found === "corrupt") await files.unlink(PLACE);
  await files.syncPath();
  const metadata = make();
  await files.publish(PLACE, encodeLog(identityOf(files), metadataShape(metadata)));
  return { metadata, isNew: true };
}

/**
 * Refuses to begin in a directory that holds something else: sources, sinks and readers would take the files of one for
 * those of the other.
 * @throws CheckpointError CHECKPOINT_DIRECTORY_TAKEN
 */
export async function requireOwnDirectory(files: CheckpointFiles): Promise<void> {
  const names = await files.names("root");
  const foreign = names.find((name) => !OWN_NAMES.includes(name) && !isTemporary(name) && !name.startsWith("."));
  if (foreign === undefined || names.includes(PLACE.name)) return;
  const what = `${files.directory} is no checkpoint, and not empty: it holds '${foreign}'.`;
  throw new CheckpointError("CHECKPOINT_DIRECTORY_TAKEN", what, {
    hint: "Give the path of a directory that this query alone uses; it is made when it is not there.",
  });
}

async function readMetadata(files: CheckpointFiles): Promise<CheckpointMetadata | "missing" | "corrupt"> {
  const bytes = await files.read("root", PLACE.name);
  if (bytes === null) return "missing";
  try {
    return metadataShape(decodeLog(bytes, identityOf(files)));
  } catch (error) {
    if (error instanceof DamagedLog) return "corrupt";
    throw error;
  }
}

async function hasLogs(files: CheckpointFiles): Promise<boolean> {
  return numbersOf(await files.names("offsets")).length > 0 || numbersOf(await files.names("commits")).length > 0;
}

function identityOf(files: CheckpointFiles) {
  return { kind: "metadata", batch: 0, path: files.path("root", PLACE.name) } as const;
}
