import type { Chunk } from "../columnar/chunk.js";
import { SourceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import type { CaptureLog } from "./capture-log.js";
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
  /** Records so far that were left out because they were not what the input promises. */
  readonly malformedRecords: number;
  /** Releases the input; called after the signal of `produce` has aborted. */
  stop(): Promise<void>;
}

export interface BacklogOptions {
  readonly label: string;
  /** Rows that may wait for a trigger. */
  readonly maxRows: number;
  /** Where rows are kept before a trigger learns of them; null: nowhere. */
  readonly capture: CaptureLog | null;
  /** Told how many rows of this process's input are captured, whenever more are. */
  readonly captured?: ((rows: number) => void) | null;
}

/**
 * A source over something that is read once and pushes or is pulled in its own time: a socket, an iterable.
 * Rows wait in a bounded backlog until a trigger commits them. Offsets count rows since the beginning of the checkpoint.
 *
 * With capture the source is replayable: a row is durable before latestOffset counts it. What earlier processes captured
 * comes first, then what this process's input gives. Without, a later process goes on where the offset stands, and a
 * range of an earlier one is refused.
 */
export class BacklogSource implements Source {
  readonly schema: Schema;
  readonly replayable: boolean;
  readonly label: string;
  readonly #producer: BacklogProducer;
  readonly #backlog: ChunkBacklog;
  readonly #capture: CaptureLog | null;
  readonly #captured: (rows: number) => void;
  /** The number of the input's first row. */
  #firstRow = 0;
  readonly #stop = new AbortController();
  #begun: Promise<void> | null = null;
  #hasFinished = false;
  #endReported = false;
  #failure: { readonly cause: unknown } | null = null;

  constructor(schema: Schema, producer: BacklogProducer, options: BacklogOptions) {
    this.schema = schema;
    this.label = options.label;
    this.replayable = options.capture !== null;
    this.#producer = producer;
    this.#capture = options.capture;
    this.#captured = options.captured ?? (() => {});
    this.#backlog = new ChunkBacklog(options.maxRows);
  }

  /** Records so far that were left out. */
  get malformedRecords(): number {
    return this.#producer.malformedRecords;
  }

  async initialOffset(): Promise<Offset> {
    await this.#begin(0);
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const start = rowOffset(from, this.label);
    await this.#begin(start);
    this.#capture?.requireReached(start);
    const available = await this.#available();
    const end = nextRowOffset(start, available, { ...limit, rowBytes: 0 });
    const isQuiet = end === start && end === available;
    const ended = this.#hasFinished && end === this.#backlog.end;
    this.#endReported ||= ended;
    return { offset: end, behind: isQuiet ? [] : [PARTITION], ended };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = rowOffset(from, this.label);
    const end = rowOffset(to, this.label);
    if (this.#capture !== null) await this.#begin(start);
    for await (const chunk of this.#rows(start, end)) {
      if (signal.aborted || this.#stop.signal.aborted) return;
      yield chunk.partition === PARTITION ? chunk : { ...chunk, partition: PARTITION };
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    const start = rowOffset(from, this.label);
    await this.#begin(start);
    while (!signal.aborted && !this.#stop.signal.aborted && !this.#hasNews(start))
      await this.#backlog.changes.wait(signal);
  }

  async commit(to: Offset): Promise<void> {
    const row = rowOffset(to, this.label);
    this.#backlog.discard(row);
    await this.#capture?.commit(row);
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

  /** Starts the input, once; its first row gets the number after the last captured one, or else `row`. */
  #begin(row: number): Promise<void> {
    this.#begun ??= this.#start(row);
    return this.#begun;
  }

  async #start(row: number): Promise<void> {
    if (this.#capture !== null) await this.#capture.open();
    this.#firstRow = this.#capture?.end ?? row;
    this.#backlog.startAt(this.#firstRow);
    void this.#run();
  }

  /** The end of the rows that may be promised. Rows that came before a failure are captured: nobody sends them again. */
  async #available(): Promise<number> {
    if (this.#capture === null && this.#failure !== null) throw this.#error(this.#failure.cause);
    this.#producer.flush(this.#backlog);
    if (this.#capture === null) return this.#backlog.end;
    const before = this.#capture.end;
    await this.#capture.append(this.#backlog.read(before, this.#backlog.end));
    if (this.#capture.end > before) this.#captured(this.#capture.end - this.#firstRow);
    if (this.#failure !== null) throw this.#error(this.#failure.cause);
    return this.#capture.end;
  }

  /** What has left the backlog, or was never in it, comes from the log. */
  async *#rows(from: number, to: number): AsyncIterable<Chunk> {
    const split = Math.max(from, Math.min(this.#backlog.start, to));
    if (this.#capture !== null) yield* this.#capture.read(from, split);
    else if (from < split || (this.#begun === null && from < to)) {
      throw new SourceError("SOURCE_NOT_REPLAYABLE", `${this.label} cannot give row ${from} a second time.`, {
        hint: "Read it with { capture: true }, in a query with a checkpoint.",
      });
    }
    yield* this.#backlog.read(split, to);
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
