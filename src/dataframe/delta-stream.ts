import { toArrowBatch } from "../columnar/to-arrow.js";
import { toObjects } from "../columnar/to-objects.js";
import { QueryError } from "../common/millrace-error.js";
import type { QueryHandle } from "../plan/engine.js";
import { shownChunk, shownSchema } from "../sinks/change-columns.js";
import type { IterableBatch, IterableSink } from "../sinks/iterable-sink.js";
import type { RowOptions } from "./row-of.js";
import { rowOptions } from "./row-options.js";

/** What one trigger sent; `_op` or `_weight` among the columns where the mode has them. */
export class Delta {
  readonly batchId: number;
  readonly #batch: IterableBatch;

  constructor(batch: IterableBatch) {
    this.batchId = batch.batchId;
    this.#batch = batch;
  }

  recordBatches(): ReturnType<typeof toArrowBatch>[] {
    return this.#chunks().map((chunk) => toArrowBatch(chunk));
  }

  rows(options: RowOptions = {}): Record<string, unknown>[] {
    const own = rowOptions(options, "rows");
    return this.#chunks().flatMap((chunk) => toObjects(chunk, own));
  }

  #chunks(): ReturnType<typeof shownChunk>[] {
    const { shape, batches } = this.#batch;
    const schema = shownSchema(shape);
    return batches.map((batch) => shownChunk(batch, shape, schema));
  }
}

/** The changes of a running query, trigger by trigger. A trigger is done when its delta has been taken. */
export class DeltaStream implements AsyncIterable<Delta> {
  readonly query: QueryHandle;
  readonly #sink: IterableSink;
  #isTaken = false;

  constructor(sink: IterableSink, query: QueryHandle) {
    this.#sink = sink;
    this.query = query;
  }

  /** @throws QueryError DELTAS_TAKEN for a second loop: two would share the changes between them. */
  [Symbol.asyncIterator](): AsyncGenerator<Delta, void, undefined> {
    if (this.#isTaken) {
      throw new QueryError("DELTAS_TAKEN", "The changes of a query go to one loop, and there is one already.", {
        hint: "Start a query of its own for each consumer.",
      });
    }
    this.#isTaken = true;
    return this.#deltas();
  }

  async *#deltas(): AsyncGenerator<Delta, void, undefined> {
    try {
      for await (const batch of this.#sink) yield new Delta(batch);
    } finally {
      await this.query.stop();
    }
    if (this.query.exception !== null) throw this.query.exception;
  }
}
