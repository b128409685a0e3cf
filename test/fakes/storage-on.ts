import type { FileSystem } from "../../src/common/file-system.js";
import type { SourceStorage } from "../../src/sources/source.js";

/** What a source gets from the checkpoint of a run that nobody takes over. */
export function storageOn(files: FileSystem, directory = "cp/sources/0", fsync = true): SourceStorage {
  return { files, directory, fsync, run: "run", verify: async () => {} };
}
