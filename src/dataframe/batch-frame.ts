import type { Chunk } from "../columnar/chunk.js";
import { toArrowBatch } from "../columnar/to-arrow.js";
import { QueryError } from "../common/millrace-error.js";
import { inMemoryEntry } from "../sources/in-memory-source.js";
import type { Schema } from "../types/data-type.js";
import { DataFrame } from "./data-frame.js";
import type { FrameHost } from "./frame-host.js";

/** The rows of one trigger while the call that gets them runs. */
interface BatchRows {
  readonly schema: Schema;
  /** null: the call is over. */
  chunks: readonly Chunk[] | null;
}

/**
 * The rows of one trigger as a bounded frame: all verbs work on it, and its record batches are there at once. It lives as
 * long as the call of foreachBatch that gets it; what is started in there must be awaited in there.
 */
export class BatchFrame<S> extends DataFrame<S> {
  readonly #rows: BatchRows;

  constructor(host: FrameHost, given: { readonly schema: Schema; readonly chunks: readonly Chunk[] }) {
    const rows: BatchRows = { ...given };
    const { description } = inMemoryEntry(given.schema, [], "batch");
    const open = () => inMemoryEntry(given.schema, liveChunks(rows), "batch").factory.open();
    super(host, { kind: "scan", source: host.sources.register({ open }, description) }, given.schema);
    this.#rows = rows;
  }

  /** The rows as Arrow record batches, without running anything. */
  recordBatches(): ReturnType<typeof toArrowBatch>[] {
    return liveChunks(this.#rows).map((chunk) => toArrowBatch(chunk));
  }

  /** Lets go of the rows: the call is over. */
  release(): void {
    this.#rows.chunks = null;
  }
}

function liveChunks({ chunks }: BatchRows): readonly Chunk[] {
  if (chunks !== null) return chunks;
  throw new QueryError("BATCH_RELEASED", "The frame of a trigger was used after its foreachBatch call was over.", {
    hint: "Await in the function everything that it starts, or keep the collected rows.",
  });
}
