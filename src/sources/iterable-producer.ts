import { CHUNK_ROWS } from "../columnar/chunk.js";
import { chunkFromObjects } from "../columnar/from-objects.js";
import { SourceError } from "../common/millrace-error.js";
import type { Schema } from "../types/data-type.js";
import type { BacklogProducer } from "./backlog-source.js";
import type { ChunkBacklog } from "./chunk-backlog.js";
import { isArrowInput, type Row, rowsOfInput } from "./rows-of-input.js";

/** Pulls items from an iterator into a backlog: single rows are gathered to chunks, batches go in as they are. */
export class IterableProducer implements BacklogProducer {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #schema: Schema;
  /** What is no row fails the query. */
  readonly malformedRecords = 0;
  #pending: Row[] = [];
  #isDone = false;

  constructor(iterator: Iterator<unknown> | AsyncIterator<unknown>, schema: Schema) {
    this.#iterator = iterator;
    this.#schema = schema;
  }

  async produce(backlog: ChunkBacklog, signal: AbortSignal): Promise<void> {
    for (;;) {
      if (backlog.isFull(this.#pending.length)) await backlog.waitForRoom(() => this.#pending.length, signal);
      if (signal.aborted) return;
      const step = this.#iterator.next();
      const item = step instanceof Promise || "then" in step ? await step : step;
      if (signal.aborted) return;
      if (item.done === true) break;
      this.#take(item.value, backlog);
    }
    this.#isDone = true;
  }

  flush(backlog: ChunkBacklog): void {
    if (this.#pending.length === 0) return;
    const rows = this.#pending;
    this.#pending = [];
    backlog.add(chunkFromObjects(this.#schema, rows));
  }

  /** A generator that waits for something is told to end, but nobody waits for it. */
  async stop(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    const returned = this.#iterator.return?.(undefined);
    if (returned !== undefined) void Promise.resolve(returned).catch(() => undefined);
  }

  #take(item: unknown, backlog: ChunkBacklog): void {
    if (Array.isArray(item) || isArrowInput(item)) {
      this.flush(backlog);
      for (const chunk of rowsOfInput(item, this.#schema, "the iterable source")) backlog.add(chunk);
      return;
    }
    if (typeof item !== "object" || item === null) {
      throw new SourceError("ROWS_NOT_UNDERSTOOD", `The iterable gave ${typeof item} instead of a row object.`, {
        hint: "Give row objects, arrays of them, or Arrow data.",
      });
    }
    this.#pending.push(item as Row);
    if (this.#pending.length >= CHUNK_ROWS) this.flush(backlog);
    else if (this.#pending.length === 1) backlog.changes.notify();
  }
}
