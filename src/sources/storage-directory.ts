import { CheckpointFiles, type Place } from "../checkpoint/checkpoint-files.js";
import { corruptCheckpoint } from "../checkpoint/corrupt-checkpoint.js";
import { isTemporary } from "../checkpoint/entry-name.js";
import { CheckpointError } from "../common/millrace-error.js";
import {
  type CheckedFile,
  decodeChecked,
  decodeStart,
  encodeChecked,
  type Facts,
  FIRST_LINE_BYTES,
  UnsoundFile,
} from "./checked-file.js";
import type { SourceStorage } from "./source.js";

/** Files that a source keeps in its storage. A name that is there is whole and durable. */
export class StorageDirectory {
  readonly #storage: SourceStorage;
  readonly #files: CheckpointFiles;
  #isMade = false;

  constructor(storage: SourceStorage) {
    const { files, directory, fsync, run } = storage;
    this.#storage = storage;
    this.#files = new CheckpointFiles(files, { directory, fsync, run });
  }

  /**
   * What has been published, by name. What an earlier process published and had no time to make durable is made so first:
   * offsets will rest on it.
   */
  async open(): Promise<readonly string[]> {
    const names = await this.#files.names("root");
    if (names.length === 0) return [];
    await this.#storage.verify();
    for (const name of names) if (isTemporary(name)) await this.#files.unlink(placeOf(name));
    await this.#files.syncPath();
    this.#isMade = true;
    return names.filter((name) => !isTemporary(name)).sort();
  }

  /** @throws CheckpointError CHECKPOINT_CORRUPT */
  async read(name: string, kind: string): Promise<CheckedFile> {
    const bytes = await this.#files.read("root", name);
    if (bytes === null) throw this.corrupt(name, "it is gone");
    return this.sound(name, () => decodeChecked(kind, bytes));
  }

  /** What the first line tells; of the rest, only the length is known to be right. @throws CheckpointError CHECKPOINT_CORRUPT */
  async readFacts(name: string, kind: string): Promise<Facts> {
    const { files } = this.#storage;
    const path = this.#files.path("root", name);
    const { found, first } = await guarded({ code: "CHECKPOINT_READ_FAILED", path }, async () => ({
      found: (await files.stat(path))?.size ?? 0,
      first: await files.readRange(path, 0, FIRST_LINE_BYTES),
    }));
    return this.sound(name, () => {
      const { facts, size } = decodeStart(kind, first);
      if (size !== found) throw new UnsoundFile(`it has ${found} bytes instead of ${size}`);
      return facts;
    });
  }

  /** Resolves when the file is durable under its name. @throws CheckpointError CONCURRENT_RUN where the name is taken */
  async publish(name: string, kind: string, file: CheckedFile): Promise<void> {
    const { files, directory: path } = this.#storage;
    await this.#storage.verify();
    if (!this.#isMade) await guarded({ code: "CHECKPOINT_WRITE_FAILED", path }, () => files.makeDirectory(path));
    await this.#files.publish(placeOf(name), encodeChecked(kind, file));
    if (!this.#isMade) await this.#files.syncPath();
    this.#isMade = true;
  }

  /** Files that nothing refers to any more; a power cut may bring any of them back. */
  async remove(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.#storage.verify();
    for (const name of names) await this.#files.unlink(placeOf(name));
  }

  /** What `decode` makes of a file; its doubts become an error that names the file. */
  sound<T>(name: string, decode: () => T): T {
    try {
      return decode();
    } catch (cause) {
      if (cause instanceof UnsoundFile) throw this.corrupt(name, cause.message);
      throw cause;
    }
  }

  corrupt(name: string, why: string): CheckpointError {
    return corruptCheckpoint(this.#files.path("root", name), why);
  }
}

/** For the calls that CheckpointFiles does not make: its codes for its kinds of failure. */
async function guarded<T>({ code, path }: { code: string; path: string }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(code, `${path} cannot be used: ${why}.`, {
      hint: "Repair the disk or its permissions, then start the query again: it goes on where it stopped.",
      cause,
    });
  }
}

function placeOf(name: string): Place {
  return { folder: "root", name, batch: null };
}
