import { appendPieces } from "../common/append-pieces.js";
import { crc32, crcText } from "../common/crc32.js";
import { codeOf, saysNoLinks } from "../common/file-errors.js";
import type { FileInfo, FileSystem, NewFile } from "../common/file-system.js";
import { SinkError } from "../common/millrace-error.js";
import { syncAncestors } from "../common/sync-ancestors.js";

/** A file as it was stored, with what proves that it is whole. */
export interface StoredFile {
  readonly bytes: number;
  /** Eight lower-case hexadecimal digits. */
  readonly crc32: string;
}

/** The file calls of one sink. A failure becomes a SinkError that names file and batch; nothing is ever tried twice. */
export class SinkStorage {
  readonly #files: FileSystem;
  /** Of the batch that is being written, for errors; null between batches. */
  batch: number | null = null;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  join(...parts: readonly string[]): string {
    return this.#files.join(...parts);
  }

  names(directory: string): Promise<readonly string[]> {
    return this.#attempt(directory, () => this.#files.names(directory));
  }

  /** Entries of a directory, unsorted. */
  list(directory: string): Promise<readonly FileInfo[]> {
    return this.#attempt(directory, () => this.#files.list(directory));
  }

  baseName(path: string): string {
    return this.#files.baseName(path);
  }

  /** The size of a file; null when there is none. */
  async sizeOf(path: string): Promise<number | null> {
    return (await this.#attempt(path, () => this.#files.stat(path)))?.size ?? null;
  }

  async exists(path: string): Promise<boolean> {
    return (await this.sizeOf(path)) !== null;
  }

  /** null when there is no such file. */
  read(path: string): Promise<Uint8Array | null> {
    return this.#attempt(path, () => unlessMissing(this.#files.read(path), null));
  }

  /** Writes a new file; its bytes are durable once this has resolved, its name with the next sync of its directory. */
  store(path: string, pieces: Iterable<Uint8Array>): Promise<StoredFile> {
    return this.#attempt(path, async () => {
      const file = await this.#files.create(path);
      let stored: StoredFile;
      try {
        stored = await writeAll(file, pieces);
        await file.sync();
      } catch (error) {
        // A descriptor whose sync has failed is of no more use; the first error is the one to tell.
        await file.close().catch(() => {});
        throw error;
      }
      await file.close();
      return stored;
    });
  }

  /** Gives a file a name that nobody may have had: of several who try, one succeeds. */
  publish(from: string, to: string): Promise<"published" | "taken" | "missing"> {
    return this.#attempt(to, async () => {
      try {
        await this.#files.link(from, to);
        return "published";
      } catch (error) {
        const code = codeOf(error);
        if (code === "EEXIST") return "taken";
        if (code === "ENOENT") return "missing";
        if (!saysNoLinks(error)) throw error;
        return this.#publishByRename(from, to);
      }
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#attempt(to, () => this.#files.rename(from, to));
  }

  /** Nothing there is fine. */
  unlink(path: string): Promise<void> {
    return this.#attempt(path, () => unlessMissing(this.#files.unlink(path), undefined));
  }

  /** Removes a file or a whole directory; nothing there is fine. */
  remove(path: string): Promise<void> {
    return this.#attempt(path, () => this.#files.remove(path));
  }

  makeDirectory(path: string): Promise<void> {
    return this.#attempt(path, () => this.#files.makeDirectory(path));
  }

  sync(directory: string): Promise<void> {
    return this.#attempt(directory, () => this.#files.syncDirectory(directory));
  }

  /** Makes a directory that survives a power cut: those above it that may be as new are synced, too. */
  async makeDurableDirectory(directory: string): Promise<void> {
    await this.makeDirectory(directory);
    await this.#attempt(directory, () => syncAncestors(this.#files, directory));
  }

  /** Without hard links: whole, too, but of two runs that publish at the very same time the later one would win. */
  async #publishByRename(from: string, to: string): Promise<"published" | "taken" | "missing"> {
    if ((await this.#files.stat(to)) !== null) return "taken";
    if ((await this.#files.stat(from)) === null) return "missing";
    await this.#files.rename(from, to);
    return "published";
  }

  async #attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storageFailure(error, path, this.batch);
    }
  }
}

async function writeAll(file: NewFile, pieces: Iterable<Uint8Array>): Promise<StoredFile> {
  const { bytes, crc } = await appendPieces(file, pieces, crc32);
  return { bytes, crc32: crcText(crc) };
}

async function unlessMissing<T, M>(result: Promise<T>, missing: M): Promise<T | M> {
  try {
    return await result;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return missing;
    throw error;
  }
}

function storageFailure(cause: unknown, path: string, batch: number | null): SinkError {
  const which = batch === null ? "" : ` in batch ${batch}`;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SinkError("SINK_STORAGE", `The storage failed at ${path}${which}: ${reason}.`, {
    hint: "Free space or repair the disk or its permissions, then start again: what was committed is whole.",
    cause,
  });
}
