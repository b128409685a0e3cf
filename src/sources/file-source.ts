import type { Chunk } from "../columnar/chunk.js";
import type { Clock } from "../common/clock.js";
import type { FileInfo, FileSystem } from "../common/file-system.js";
import { SourceError } from "../common/millrace-error.js";
import type { FileFormat } from "../formats/file-format.js";
import type { Schema } from "../types/data-type.js";
import { eitherSignal } from "./either-signal.js";
import { byAge, byPath, type FileLocation, listDataFiles, requireDataFiles } from "./file-listing.js";
import { rowOffset } from "./row-range.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";

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
  readonly pollIntervalMs: number;
}

const PARTITION = "0";

/**
 * Files that are there or arrive in a directory, each read once, oldest first. Offsets count files in the order they were taken: that
 * order is kept in memory, so it holds for one run. Files must appear whole (written elsewhere and moved in); a file that changes later is not read again.
 */
export class FileSource implements Source {
  readonly schema: Schema;
  readonly replayable = true;
  readonly label: string;
  readonly #config: FileSourceConfig;
  readonly #closing = new AbortController();
  readonly #known = new Set<string>();
  /** Promised to triggers, in their order; offsets index it. */
  readonly #log: FileInfo[] = [];
  /** Seen, but promised to nobody yet; in the order they will be. */
  #unread: FileInfo[] = [];
  #isListed = false;
  #malformed = 0;

  constructor(config: FileSourceConfig) {
    this.#config = config;
    this.schema = config.schema;
    this.label = fileLabel(config);
  }

  /** Records so far that were not of the format. */
  get malformedRecords(): number {
    return this.#malformed;
  }

  async initialOffset(): Promise<Offset> {
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const start = rowOffset(from, this.label);
    await this.#look();
    const end = this.#take(start, limit);
    const hasMore = end < this.#log.length || this.#unread.length > 0;
    const behind = hasMore || end > start ? [PARTITION] : [];
    return { offset: end, behind, ended: this.#config.bounded && !hasMore };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const { files, format, schema } = this.#config;
    const either = eitherSignal(signal, this.#closing.signal);
    const onMalformed = (count: number): void => {
      this.#malformed += count;
    };
    try {
      for (const file of this.#log.slice(rowOffset(from, this.label), rowOffset(to, this.label))) {
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
    const start = rowOffset(from, this.label);
    const { clock, bounded, pollIntervalMs } = this.#config;
    const either = eitherSignal(signal, this.#closing.signal);
    try {
      while (!either.signal.aborted) {
        await this.#look();
        if (this.#log.length > start || this.#unread.length > 0) return;
        await clock.sleep(bounded ? Number.MAX_SAFE_INTEGER : pollIntervalMs, either.signal);
      }
    } finally {
      either.release();
    }
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** Finds files that nobody has seen. */
  async #look(): Promise<void> {
    const { files, location, bounded, latestFirst } = this.#config;
    if (bounded && this.#isListed) return;
    const found = await (bounded ? requireDataFiles(files, location) : listDataFiles(files, location));
    this.#isListed = true;
    const fresh = found.filter((file) => !this.#known.has(file.path));
    for (const file of fresh) this.#known.add(file.path);
    if (fresh.length === 0) return;
    const order = bounded ? byPath : byAge;
    this.#unread = [...this.#unread, ...fresh].sort(latestFirst ? (a, b) => order(b, a) : order);
  }

  /** Promises files until a limit; at least one. */
  #take(start: number, limit: ReadLimit): number {
    const maxFiles = Math.max(1, Math.min(limit.maxFiles ?? Infinity, this.#config.maxFilesPerTrigger ?? Infinity));
    // An unlimited look (availableNow) promises everything; the option then holds trigger by trigger.
    const most = limit.maxFiles === null && limit.maxRows === Infinity ? Infinity : maxFiles;
    const until = limit.until === undefined ? Infinity : rowOffset(limit.until, this.label);
    let end = start;
    let bytes = 0;
    while (end < until && end - start < most) {
      const file = this.#log[end] ?? this.#unread[0];
      if (file === undefined || (end > start && bytes + file.size > limit.maxBytes)) break;
      if (end === this.#log.length) this.#log.push(...this.#unread.splice(0, 1));
      bytes += file.size;
      end++;
    }
    return end;
  }
}

export function fileLabel({ format, location }: Pick<FileSourceConfig, "format" | "location">): string {
  return `${format.name}(${location.path})`;
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
