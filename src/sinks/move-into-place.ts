import { SinkError } from "../common/millrace-error.js";
import type { ManifestFile } from "./manifest.js";
import type { SinkStorage } from "./sink-storage.js";
import type { BatchAttempt, TargetLayout } from "./target-layout.js";

/**
 * Gives the staged files of a committed attempt their final names, which are durable then. May be done again after a crash
 * at any point: files that are in place stay. Without a staging directory all of them are.
 */
export async function moveIntoPlace(
  storage: SinkStorage,
  layout: TargetLayout,
  { run, files }: { readonly run: BatchAttempt; readonly files: readonly ManifestFile[] },
): Promise<void> {
  if (!(await storage.exists(layout.stagingOf(run)))) return;
  const directories = new Set(files.flatMap((file) => layout.directoriesOf(file)));
  for (const directory of directories) if (directory !== layout.root) await storage.makeDirectory(directory);
  for (const file of files) {
    const path = layout.final(file);
    if ((await storage.sizeOf(path)) === file.bytes) continue;
    const staged = layout.staged(run, file);
    if (!(await storage.exists(staged))) throw lost(path, run);
    await storage.rename(staged, path);
  }
  for (const directory of directories) await storage.sync(directory);
}

function lost(path: string, { batch }: BatchAttempt): SinkError {
  return new SinkError("SINK_FILE_LOST", `${path} of batch ${batch}, which is committed, is gone.`, {
    hint: "Something else has removed it before it was in place; write to another directory to get all rows again.",
  });
}
