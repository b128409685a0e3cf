import type { FileSystem } from "../common/file-system.js";
import { CheckpointError } from "../common/millrace-error.js";
import { CheckpointFiles } from "./checkpoint-files.js";
import { corruptCheckpoint } from "./corrupt-checkpoint.js";
import { numbersOf } from "./entry-name.js";
import { COMMITS, readEntry } from "./log-entry.js";
import { readReferenced } from "./read-referenced.js";
import type { CommitRecord, FileEntry } from "./records.js";

/**
 * Looks into a checkpoint without being its owner: takes no lock, writes nothing. A query that runs meanwhile may remove
 * files of batches that it no longer retains.
 */
export class CheckpointReader {
  readonly #files: CheckpointFiles;

  constructor(files: FileSystem, directory: string) {
    this.#files = new CheckpointFiles(files, { directory, fsync: false, run: "reader" });
  }

  /**
   * The commit of a batch; of the newest that is whole when none is named.
   * @throws CheckpointError CHECKPOINT_BATCH_MISSING, CHECKPOINT_CORRUPT
   */
  async commit(batch: number | null): Promise<CommitRecord> {
    const batches = numbersOf(await this.#files.names("commits"));
    if (batch === null) return this.#newest(batches);
    const found = await readEntry(this.#files, COMMITS, { name: String(batch), batch });
    if (found.kind === "valid") return found.record;
    if (found.kind === "corrupt") throw corruptCheckpoint(found.path, found.reason);
    throw this.#missing(`No commit of batch ${batch} is in`, batches);
  }

  readFile(entry: FileEntry): Promise<Uint8Array> {
    return readReferenced(this.#files, entry);
  }

  /** A torn commit at the end counts as absent, as it does for recovery. */
  async #newest(batches: readonly number[]): Promise<CommitRecord> {
    for (const batch of batches.slice(-2).reverse()) {
      const found = await readEntry(this.#files, COMMITS, { name: String(batch), batch });
      if (found.kind === "valid") return found.record;
    }
    throw this.#missing("No whole commit is in", batches);
  }

  #missing(what: string, batches: readonly number[]): CheckpointError {
    const hint =
      batches.length === 0
        ? "Give the directory that the query was given as its checkpoint, once it has finished a batch."
        : `There are batches ${batches[0]} to ${batches[batches.length - 1]}.`;
    return new CheckpointError("CHECKPOINT_BATCH_MISSING", `${what} the checkpoint ${this.#files.directory}.`, {
      hint,
    });
  }
}
