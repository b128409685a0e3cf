import type { Chunk } from "../columnar/chunk.js";
import { sliceChunk } from "../columnar/slice.js";
import type { Schema } from "../types/data-type.js";
import { ChangeSignal } from "./change-signal.js";
import { chunkBytes } from "./chunk-size.js";
import { nextRowOffset, rowOffset, rowWithin } from "./row-range.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";
import type { SourceEntry } from "./source-registry.js";

const PARTITION = "0";

/** Rows that are all there from the beginning: createDataFrame. Offsets count rows. */
export class InMemorySource implements Source {
  readonly schema: Schema;
  readonly replayable = true;
  readonly label: string;
  readonly #chunks: readonly Chunk[];
  readonly #rows: number;
  readonly #bytes: number;
  readonly #closing = new ChangeSignal();
  #isClosed = false;

  /** Chunks have `schema`, no selection and no weights. */
  constructor(schema: Schema, chunks: readonly Chunk[], label = "rows") {
    this.schema = schema;
    this.label = label;
    this.#chunks = chunks.filter((chunk) => chunk.length > 0).map((chunk) => ({ ...chunk, partition: PARTITION }));
    this.#rows = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#bytes = this.#chunks.reduce((sum, chunk) => sum + chunkBytes(chunk), 0);
  }

  async initialOffset(): Promise<Offset> {
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const start = rowWithin(from, this.#rows, this.label);
    const rowBytes = this.#rows === 0 ? 0 : this.#bytes / this.#rows;
    const end = nextRowOffset(start, this.#rows, { ...limit, rowBytes });
    const isQuiet = end === start && end === this.#rows;
    return { offset: end, behind: isQuiet ? [] : [PARTITION], ended: end === this.#rows };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const start = rowOffset(from, this.label);
    const end = rowWithin(to, this.#rows, this.label);
    let base = 0;
    for (const chunk of this.#chunks) {
      const first = Math.max(start - base, 0);
      const last = Math.min(end - base, chunk.length);
      base += chunk.length;
      if (first >= last) continue;
      if (signal.aborted || this.#isClosed) return;
      yield first === 0 && last === chunk.length ? chunk : sliceChunk(chunk, first, last);
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    if (rowOffset(from, this.label) < this.#rows) return;
    if (!this.#isClosed) await this.#closing.wait(signal);
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.notify();
  }
}

/** What createDataFrame registers: rows by reference, read anew by every run. */
export function inMemoryEntry(schema: Schema, chunks: readonly Chunk[], label = "rows"): SourceEntry {
  return {
    factory: { open: () => new InMemorySource(schema, chunks, label) },
    description: { label, schema, bounded: true, insertOnly: true, streaming: false },
  };
}
