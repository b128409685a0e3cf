import type { Chunk } from "../columnar/chunk.js";
import type { Clock } from "../common/clock.js";
import type { FileInfo, FileSystem } from "../common/file-system.js";
import { CheckpointError, SourceError } from "../common/millrace-error.js";
import { plainPath } from "../common/plain-path.js";
import type { FileFormat } from "../formats/file-format.js";
import type { Schema } from "../types/data-type.js";
import { eitherSignal } from "./either-signal.js";
import { byAge, byPath, type FileLocation, listDataFiles, requireDataFiles } from "./file-listing.js";
import { rowOffset } from "./row-range.js";
import { type SeenFile, SeenFiles } from "./seen-files.js";
import { SeenLog } from "./seen-log.js";
import type { LatestOffset, Offset, ReadLimit, Source, SourceStorage } from "./source.js";

export interface FileSourceConfig {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly location: FileLocation;
  readonly format: FileFormat;
  readonly schema: Schema;
  /** What is there at the start is all there is. */
  readonly bounded: boolean;
  readonly maxFilesPerTrigger: number | null;
  /** Of the files nobody has read, the newest first. */
  readonly latestFirst: boolean;
  /** How much older than the newest promised file a file may be; Infinity: as it likes. */
  readonly maxFileAgeMs: number;
  readonly pollIntervalMs: number;
}

const PARTITION = "0";
/** How many triggers without a log may take files before the seen set is looked through for what can be forgotten. */
const TAKES_BETWEEN_FORGETTING = 40;

/**
 * Files that are there or arrive in a directory, each read once, oldest first. Offsets count files in the order they were
 * promised to triggers. With storage that order is durable before an offset that counts on it is given out; without it
 * holds for one run. Files must appear whole (written elsewhere and moved in); a file that changes after it was read is
 * not read again, one that grows, shrinks or vanishes between promise and reading fails the query.
 *
 * The seen set is bounded: a file more than `maxFileAgeMs` older than the newest one promised is ignored unless it was
 * promised before that was known, and can therefore be forgotten; so can a file that has left the directory. A forgotten
 * file that is moved in again is new.
 */
export class FileSource implements Source {
  readonly schema: Schema;
  readonly replayable = true;
  readonly label: string;
  readonly #config: FileSourceConfig;
  readonly #closing = new AbortController();
  readonly #seen = new SeenFiles();
  readonly #log: SeenLog | null;
  #opened: Promise<void> | null = null;
  #takes = 0;
  /** There, but promised to nobody yet; in the order they will be. */
  #unread: FileInfo[] = [];
  /** Of a bounded source, everything that will ever be there is promised. */
  #isComplete = false;
  #committed: number | null = null;
  #malformed = 0;

  constructor(config: FileSourceConfig, storage: SourceStorage | null = null) {
    this.#config = config;
    this.schema = config.schema;
    this.label = fileLabel(config);
    this.#log = storage === null ? null : new SeenLog(storage);
  }

  /** Records so far that were not of the format. */
  get malformedRecords(): number {
    return this.#malformed;
  }

  async initialOffset(): Promise<Offset> {
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    await this.#open();
    const start = this.#positionOf(from);
    await this.#look();
    const end = await this.#take(start, limit);
    const hasMore = end < this.#seen.end || this.#unread.length > 0;
    const behind = hasMore || end > start ? [PARTITION] : [];
    return { offset: end, behind, ended: this.#config.bounded && !hasMore };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    await this.#open();
    const { files, format, schema } = this.#config;
    const either = eitherSignal(signal, this.#closing.signal);
    const onMalformed = (count: number): void => {
      this.#malformed += count;
    };
    try {
      for (const promised of this.#promised(from, to)) {
        const file = await requireUnchanged(files, promised, this.label);
        for await (const chunk of format.read({ files, file, schema, signal: either.signal, onMalformed })) {
          if (either.signal.aborted) return;
          yield { ...chunk, partition: PARTITION };
        }
      }
    } finally {
      either.release();
    }
  }

  /** Nobody tells about new files on every platform: the adapter looks again after the poll interval. */
  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    await this.#open();
    const start = rowOffset(from, this.label);
    const { clock, bounded, pollIntervalMs } = this.#config;
    const either = eitherSignal(signal, this.#closing.signal);
    try {
      while (!either.signal.aborted) {
        await this.#look();
        if (this.#seen.end > start || this.#unread.length > 0) return;
        await clock.sleep(bounded ? Number.MAX_SAFE_INTEGER : pollIntervalMs, either.signal);
      }
    } finally {
      either.release();
    }
  }

  /** A rerun needs the last range once more: the order of what lies before is forgotten, but not that it was seen. */
  async commit(to: Offset): Promise<void> {
    await this.#open();
    if (this.#committed !== null) this.#seen.forgetOrder(this.#committed);
    this.#committed = rowOffset(to, this.label);
    if (!this.#config.bounded) await this.#forget();
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  #open(): Promise<void> {
    this.#opened ??= this.#restore();
    return this.#opened;
  }

  async #restore(): Promise<void> {
    const state = (await this.#log?.load()) ?? null;
    if (state === null) return;
    this.#seen.restore(state);
    this.#isComplete = this.#config.bounded;
  }

  /** Finds the files that nobody has been promised. Those of a bounded source are all promised at once. */
  async #look(): Promise<void> {
    const { files, location, bounded, latestFirst } = this.#config;
    if (this.#isComplete) return;
    const found = await (bounded ? requireDataFiles(files, location) : listDataFiles(files, location));
    const order = bounded ? byPath : byAge;
    const fresh = found.filter((file) => !this.#seen.isKnown(file));
    this.#unread = fresh.sort(latestFirst ? (a, b) => order(b, a) : order);
    if (!bounded) return;
    await this.#promise(this.#unread.length);
    this.#isComplete = true;
  }

  /** Promises files until a limit; at least one. */
  async #take(start: number, limit: ReadLimit): Promise<number> {
    const maxFiles = Math.max(1, Math.min(limit.maxFiles ?? Infinity, this.#config.maxFilesPerTrigger ?? Infinity));
    // An unlimited look (availableNow) promises everything; the option then holds trigger by trigger.
    const most = limit.maxFiles === null && limit.maxRows === Infinity ? Infinity : maxFiles;
    const until = limit.until === undefined ? Infinity : rowOffset(limit.until, this.label);
    const known = this.#seen.end;
    let end = start;
    let bytes = 0;
    while (end < until && end - start < most) {
      const file = end < known ? this.#seen.at(end) : this.#unread[end - known];
      if (file === undefined || (end > start && bytes + file.size > limit.maxBytes)) break;
      bytes += file.size;
      end++;
    }
    if (end > known) await this.#promise(end - known);
    return end;
  }

  /** Gives the first of the unread files their places; nobody learns of these before they are durable. */
  async #promise(count: number): Promise<void> {
    const { end } = this.#seen;
    const files = this.#unread
      .slice(0, count)
      .map(({ path, size, modified }, i) => ({ path, size, modified, position: end + i }));
    await this.#log?.append(end, files);
    this.#seen.add(files);
    this.#unread = this.#unread.filter((file) => !this.#seen.isKnown(file));
    this.#takes++;
  }

  async #forget(): Promise<void> {
    if (this.#log === null ? this.#takes < TAKES_BETWEEN_FORGETTING : !this.#log.wantsCompacting) return;
    const { files, location, maxFileAgeMs } = this.#config;
    this.#takes = 0;
    this.#seen.forget(await listDataFiles(files, location), maxFileAgeMs);
    await this.#log?.compact(this.#seen.state);
  }

  #promised(from: Offset, to: Offset): readonly SeenFile[] {
    const start = this.#positionOf(from);
    const end = this.#positionOf(to);
    if (start >= this.#seen.start || start === end) return this.#seen.slice(start, end);
    throw new SourceError("SOURCE_NOT_REPLAYABLE", `${this.label} has forgotten the order of file ${start}.`);
  }

  #positionOf(offset: Offset): number {
    const position = rowOffset(offset, this.label);
    if (position <= this.#seen.end) return position;
    const what = `${this.label} is to be read from file ${position} on, but its log knows ${this.#seen.end} files.`;
    throw new CheckpointError("CHECKPOINT_CORRUPT", what, { hint: "Restore the checkpoint, or start with a new one." });
  }
}

/** What was promised is what is read, or nothing is: a reader of half a file would lose rows without a word. */
async function requireUnchanged(files: FileSystem, promised: SeenFile, label: string): Promise<FileInfo> {
  const found = await files.stat(promised.path);
  if (found === null) {
    throw new SourceError("SOURCE_FILE_GONE", `'${promised.path}' of ${label} has vanished before it was read.`, {
      hint: "Put the file back. Files may leave the directory when the query has committed them.",
    });
  }
  if (found.size === promised.size) return found;
  const sizes = `it had ${promised.size} bytes when it was found and has ${found.size}`;
  throw new SourceError(
    "SOURCE_FILE_CHANGED",
    `'${promised.path}' of ${label} has changed before it was read: ${sizes}.`,
    {
      hint: "Write files elsewhere and move them into the directory when they are whole.",
    },
  );
}

export function fileLabel({ format, location }: Pick<FileSourceConfig, "format" | "location">): string {
  return `${format.name}(${plainPath(location.path)})`;
}

/** The schema of the first file at a location. */
export async function inferFileSchema(
  config: Pick<FileSourceConfig, "files" | "location" | "format">,
): Promise<Schema> {
  const { files, location, format } = config;
  const [first] = [...(await requireDataFiles(files, location))].sort(byPath);
  if (first !== undefined) return format.inferSchema(files, first);
  throw new SourceError(
    "SCHEMA_REQUIRED",
    `'${location.path}' has no data files yet, so no schema can be read from them.`,
    {
      hint: "Give the reader a schema.",
    },
  );
}
