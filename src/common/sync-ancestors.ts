import { codeOf } from "./file-errors.js";
import type { FileSystem } from "./file-system.js";

/** Makes a new directory survive a power cut: those above it, which may be as new, are synced. */
export async function syncAncestors(files: FileSystem, directory: string): Promise<void> {
  let path = directory;
  while (!["", ".", ".."].includes(files.baseName(path))) {
    path = files.join(path, "..");
    try {
      await files.syncDirectory(path);
    } catch (error) {
      // A directory that may not be read is not one that has just been made.
      if (!["EACCES", "EPERM", "EROFS"].includes(String(codeOf(error)))) throw error;
      return;
    }
  }
}
