import { SinkError } from "../common/millrace-error.js";
import type { ManifestFile } from "./manifest.js";
import type { SinkStorage } from "./sink-storage.js";
import type { TargetLayout } from "./target-layout.js";

/**
 * Gives staged files their final names, which are durable then. May be done again after a crash at any point: files that are
 * in place stay. Without a staging directory all of them are. Names are added, not moved: after a power cut a rename between
 * two directories may have taken the old name away and not have made the new one.
 */
export async function moveIntoPlace(
  storage: SinkStorage,
  layout: TargetLayout,
  { staging, files }: { readonly staging: string; readonly files: readonly ManifestFile[] },
): Promise<void> {
  if (!(await storage.exists(staging))) return;
  const directories = new Set(files.flatMap((file) => layout.directoriesOf(file)));
  for (const directory of directories) if (directory !== layout.root) await storage.makeDirectory(directory);
  for (const file of files) {
    const path = layout.final(file);
    if ((await storage.sizeOf(path)) === file.bytes) continue;
    const outcome = await storage.publish(layout.staged(staging, file), path);
    // Another run may finish the same batch at the same time.
    if (outcome === "published" || (await storage.sizeOf(path)) === file.bytes) continue;
    throw outcome === "missing" ? lost(path) : taken(path);
  }
  for (const directory of directories) await storage.sync(directory);
}

function lost(path: string): SinkError {
  return new SinkError("SINK_FILE_LOST", `${path} is committed, but its bytes are gone from staging.`, {
    hint: "Something else has removed them before they were in place; write to another directory to get all rows again.",
  });
}

function taken(path: string): SinkError {
  return new SinkError("SINK_CONFLICT", `${path} is there already, with other rows.`, {
    hint: "Something else has written it: move it away, then start again.",
  });
}
