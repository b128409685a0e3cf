import { allDone } from "../common/all-done.js";
import { appendPieces, type Written } from "../common/append-pieces.js";
import { assert } from "../common/assert.js";
import { type Crc32, crc32 } from "../common/crc32.js";
import { codeOf, saysNoLinks } from "../common/file-errors.js";
import type { FileSystem, NewFile } from "../common/file-system.js";
import { CheckpointError } from "../common/millrace-error.js";
import { syncAncestors } from "../common/sync-ancestors.js";
import { isTemporary } from "./entry-name.js";

/** Folders of a checkpoint; `metadata` lies beside them. */
export const FOLDERS = ["locks", "offsets", "prepared", "commits", "state", "sources"] as const;
export type CheckpointFolder = (typeof FOLDERS)[number] | "root";

/** A file of the checkpoint, and the batch it is of, for the error that names it. */
export interface Place {
  readonly folder: CheckpointFolder;
  readonly name: string;
  readonly batch: number | null;
}

export interface CheckpointFilesOptions {
  readonly directory: string;
  readonly fsync: boolean;
  readonly run: string;
  /** The platform's; ours unless said. */
  readonly crc32?: Crc32;
}

/** A file that has all its bytes and is not durable yet. One of the two is to be called, once. */
export interface UnsyncedFile extends Written {
  sync(): Promise<void>;
  /** Nobody wants it any more. Never rejects. */
  abandon(): Promise<void>;
}

/**
 * The files of one checkpoint. A name that `publish` gave is whole and durable, and nobody ever had it before.
 * Every failure is a CheckpointError that names the file; the system's error is its cause.
 * A sync that failed is never tried again: the system may have dropped the pages and would then say yes (PostgreSQL, 2018).
 * Windows cannot sync a directory: there a checkpoint survives the process, not the power.
 */
export class CheckpointFiles {
  readonly directory: string;
  /** Unlike that of any other run, so that runs never meet in a temporary file. */
  readonly run: string;
  readonly #files: FileSystem;
  readonly #fsync: boolean;
  readonly crc32: Crc32;
  #temporaries = 0;

  constructor(files: FileSystem, options: CheckpointFilesOptions) {
    const { directory, fsync, run } = options;
    this.directory = directory;
    this.#files = files;
    this.#fsync = fsync;
    this.run = run;
    this.crc32 = options.crc32 ?? crc32;
  }

  path(folder: CheckpointFolder, ...names: readonly string[]): string {
    return this.#files.join(this.directory, ...(folder === "root" ? [] : [folder]), ...names);
  }

  /**
   * Writes a file under a temporary name, then gives it its own by a link, which fails where a rename would replace.
   * `until` runs meanwhile: the name is given when it is done, and is not given when it fails.
   * CONCURRENT_RUN when the name is taken. After any other error the file may be there, whole, or not.
   * On NFS a link may be answered with EEXIST although it was made (the answer to the first try got lost): the run then
   * ends with CONCURRENT_RUN, and the next one finds its entry.
   */
  publish(place: Place, bytes: Uint8Array, until?: () => Promise<void>): Promise<void> {
    return this.#writing(place, async () => {
      const temporary = this.#temporary(place);
      try {
        await allDone([...(until === undefined ? [] : [until()]), this.#writeWhole(temporary, bytes)]);
        await this.#give(temporary, place, bytes);
      } catch (error) {
        await this.#tryToUnlink(temporary);
        throw error;
      }
      await this.#files.unlink(temporary);
      await this.#sync(place.folder);
    });
  }

  /** Writes a file under its own name, which is new and which no record refers to yet. Its folder is not synced. */
  writeNew(place: Place, pieces: Iterable<Uint8Array>): Promise<UnsyncedFile> {
    return this.#writing(place, async () => {
      const path = this.path(place.folder, place.name);
      const { file, bytes, crc } = await this.#begin(path, pieces);
      return {
        bytes,
        crc,
        sync: () => this.#writing(place, () => this.#finish(path, file)),
        abandon: () => quietly(file.close()),
      };
    });
  }

  /** Writes a file anew. After a power cut it may have any content. */
  replace(place: Place, bytes: Uint8Array): Promise<void> {
    return this.#writing(place, async () => {
      const temporary = this.#temporary(place);
      await this.#files.write(temporary, bytes);
      await this.#files.rename(temporary, this.path(place.folder, place.name));
    });
  }

  /** A file that is not there is fine. */
  unlink(place: Place): Promise<void> {
    return this.#writing(place, async () => {
      try {
        await this.#files.unlink(this.path(place.folder, place.name));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
      }
    });
  }

  syncFolder(folder: CheckpointFolder): Promise<void> {
    return this.#writing({ folder, name: "", batch: null }, () => this.#sync(folder));
  }

  names(folder: CheckpointFolder): Promise<readonly string[]> {
    return this.#reading(this.path(folder), () => this.#files.names(this.path(folder)));
  }

  /** null: there is no such file. */
  read(folder: CheckpointFolder, ...names: readonly string[]): Promise<Uint8Array | null> {
    const path = this.path(folder, ...names);
    return this.#reading(path, async () => {
      try {
        return await this.#files.read(path);
      } catch (error) {
        if (codeOf(error) === "ENOENT") return null;
        throw error;
      }
    });
  }

  async makeFolders(): Promise<void> {
    for (const folder of FOLDERS) {
      const place = { folder, name: "", batch: null };
      await this.#writing(place, () => this.#files.makeDirectory(this.path(folder)));
    }
  }

  /** Makes the names of the folders, and of the directories above that may be as new, durable. */
  async syncPath(): Promise<void> {
    await this.syncFolder("root");
    if (!this.#fsync) return;
    await this.#writing({ folder: "root", name: "", batch: null }, () => syncAncestors(this.#files, this.directory));
  }

  #temporary({ folder, name }: Place): string {
    const path = this.path(folder, `${name}.${this.run}-${this.#temporaries++}.tmp`);
    assert(isTemporary(path), "a clean-up must know temporary files by their names");
    return path;
  }

  async #give(temporary: string, place: Place, bytes: Uint8Array): Promise<void> {
    const path = this.path(place.folder, place.name);
    try {
      await this.#files.link(temporary, path);
    } catch (error) {
      if (!saysNoLinks(error)) throw error;
      // A power cut may leave a torn file here; its header tells.
      await this.#writeWhole(path, bytes);
    }
  }

  async #writeWhole(path: string, bytes: Uint8Array): Promise<void> {
    const { file } = await this.#begin(path, [bytes]);
    await this.#finish(path, file);
  }

  async #begin(path: string, pieces: Iterable<Uint8Array>): Promise<Written & { readonly file: NewFile }> {
    const file = await this.#files.create(path);
    try {
      return { file, ...(await appendPieces(file, pieces, this.crc32)) };
    } catch (error) {
      throw await this.#givenUp(path, file, error);
    }
  }

  async #finish(path: string, file: NewFile): Promise<void> {
    try {
      if (this.#fsync) await file.sync();
    } catch (error) {
      throw await this.#givenUp(path, file, error);
    }
    try {
      await file.close();
    } catch (error) {
      await this.#tryToUnlink(path);
      throw error;
    }
  }

  async #givenUp(path: string, file: NewFile, reason: unknown): Promise<unknown> {
    await quietly(file.close());
    await this.#tryToUnlink(path);
    return reason;
  }

  async #sync(folder: CheckpointFolder): Promise<void> {
    if (this.#fsync) await this.#files.syncDirectory(this.path(folder));
  }

  #tryToUnlink(path: string): Promise<void> {
    return quietly(this.#files.unlink(path));
  }

  async #writing<T>({ folder, name, batch }: Place, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CheckpointError) throw error;
      const path = this.path(folder, ...(name === "" ? [] : [name]));
      throw codeOf(error) === "EEXIST" ? nameTaken(path, error) : writeFailure(path, batch, error);
    }
  }

  async #reading<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new CheckpointError("CHECKPOINT_READ_FAILED", `${path} cannot be read: ${textOf(error)}.`, {
        hint: "Nothing was changed: repair the disk or its permissions and start the query again.",
        cause: error,
      });
    }
  }
}

/** The cause that matters has been kept; what fails on the way out cannot be helped. */
async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch {
    // See above.
  }
}

function nameTaken(path: string, cause: unknown): CheckpointError {
  return new CheckpointError("CONCURRENT_RUN", `${path} is there already: another run writes this checkpoint.`, {
    hint: "Let one query at a time use a checkpoint directory, and start this one again when the other has stopped.",
    cause,
  });
}

function writeFailure(path: string, batch: number | null, cause: unknown): CheckpointError {
  const which = batch === null ? "" : ` of batch ${batch}`;
  return new CheckpointError("CHECKPOINT_WRITE_FAILED", `${path}${which} cannot be written: ${textOf(cause)}.`, {
    hint: "Free space or repair the disk, then start the query again: it goes on where it stopped.",
    cause,
  });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
