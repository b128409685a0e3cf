import type { Chunk } from "../columnar/chunk.js";
import { toArrowBatch } from "../columnar/to-arrow.js";
import { inMemoryEntry } from "../sources/in-memory-source.js";
import type { Schema } from "../types/data-type.js";
import { DataFrame } from "./data-frame.js";
import type { FrameHost } from "./frame-host.js";

/** The rows of one trigger as a bounded frame: all verbs work on it, and its record batches are there at once. */
export class BatchFrame<S> extends DataFrame<S> {
  readonly #chunks: readonly Chunk[];
  readonly #sourceId: string;

  constructor(host: FrameHost, rows: { readonly schema: Schema; readonly chunks: readonly Chunk[] }) {
    const entry = inMemoryEntry(rows.schema, rows.chunks, "batch");
    const source = host.sources.register(entry.factory, entry.description);
    super(host, { kind: "scan", source });
    this.#chunks = rows.chunks;
    this.#sourceId = source.id;
  }

  /** The rows as Arrow record batches, without running anything. */
  recordBatches(): ReturnType<typeof toArrowBatch>[] {
    return this.#chunks.map((chunk) => toArrowBatch(chunk));
  }

  /** Lets go of the rows: the frame of a trigger lives as long as the call that gets it. */
  release(): void {
    this.host.sources.unregister(this.#sourceId);
  }
}
