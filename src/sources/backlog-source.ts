import type { Chunk } from "../columnar/chunk.js";
import { SourceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import { ChunkBacklog } from "./chunk-backlog.js";
import { nextRowOffset, rowOffset } from "./row-range.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";

const PARTITION = "0";

/** The input behind a backlog. */
export interface BacklogProducer {
  /**
   * Adds chunks, waits for room before it takes more, and notifies `backlog.changes` when it begins to hold rows back.
   * Runs until the input ends or `signal` aborts; a rejection fails the query.
   */
  produce(backlog: ChunkBacklog, signal: AbortSignal): Promise<void>;
  /** Makes chunks of the rows it holds back to fill a chunk; called when a trigger looks for rows. */
  flush(backlog: ChunkBacklog): void;
  /** Releases the input; called after the signal of `produce` has aborted. */
  stop(): Promise<void>;
}

/**
 * A source over something that is read once and pushes or is pulled in its own time: a socket, an iterable.
 * Rows wait in a bounded backlog until a trigger commits them. Offsets count rows. Not replayable.
 */
export class BacklogSource implements Source {
  readonly schema: Schema;
  readonly replayable = false;
  readonly label: string;
  readonly #producer: BacklogProducer;
  readonly #backlog: ChunkBacklog;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #hasFinished = false;
  #endReported = false;
  #failure: { readonly cause: unknown } | null = null;

  constructor(
    schema: Schema,
    producer: BacklogProducer,
    options: { readonly label: string; readonly maxRows: number },
  ) {
    this.schema = schema;
    this.label = options.label;
    this.#producer = producer;
    this.#backlog = new ChunkBacklog(options.maxRows);
  }

  async initialOffset(): Promise<Offset> {
    this.#running ??= this.#run();
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    this.#running ??= this.#run();
    if (this.#failure !== null) throw this.#error(this.#failure.cause);
    this.#producer.flush(this.#backlog);
    const start = rowOffset(from, this.label);
    const end = nextRowOffset(start, this.#backlog.end, { ...limit, rowBytes: 0 });
    const isQuiet = end === start && end === this.#backlog.end;
    const ended = this.#hasFinished && end === this.#backlog.end;
    this.#endReported ||= ended;
    return { offset: end, behind: isQuiet ? [] : [PARTITION], ended };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = rowOffset(from, this.label);
    if (start < this.#backlog.start) {
      throw new SourceError("SOURCE_NOT_REPLAYABLE", `${this.label} cannot give row ${start} a second time.`);
    }
    for (const chunk of this.#backlog.read(start, rowOffset(to, this.label))) {
      if (signal.aborted || this.#stop.signal.aborted) return;
      yield chunk.partition === PARTITION ? chunk : { ...chunk, partition: PARTITION };
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    const start = rowOffset(from, this.label);
    while (!signal.aborted && !this.#stop.signal.aborted && !this.#hasNews(start))
      await this.#backlog.changes.wait(signal);
  }

  async commit(to: Offset): Promise<void> {
    this.#backlog.discard(rowOffset(to, this.label));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#backlog.changes.notify();
    await this.#producer.stop();
  }

  #hasNews(from: number): boolean {
    this.#producer.flush(this.#backlog);
    return this.#failure !== null || this.#backlog.end > from || (this.#hasFinished && !this.#endReported);
  }

  async #run(): Promise<void> {
    try {
      await this.#producer.produce(this.#backlog, this.#stop.signal);
      this.#producer.flush(this.#backlog);
      this.#hasFinished = !this.#stop.signal.aborted;
    } catch (cause) {
      this.#failure = { cause };
    }
    this.#backlog.changes.notify();
  }

  #error(cause: unknown): Error {
    if (cause instanceof SourceError) return cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    return new SourceError("SOURCE_FAILED", `${this.label} failed: ${message}.`, { cause });
  }
}
