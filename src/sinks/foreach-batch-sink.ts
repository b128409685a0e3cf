import { BatchStage } from "./batch-stage.js";
import type { SinkBatch, SinkMode, SinkShape } from "./sink.js";

/** Gets the rows of one batch; the batch counts as done when the promise resolves. */
export type ForeachBatchCallback = (
  batches: readonly SinkBatch[],
  batchId: number,
  shape: SinkShape,
) => Promise<void> | void;

/** Hands each batch to a function. The function may see a batch again after a failure: `batchId` tells. */
export class ForeachBatchSink extends BatchStage {
  readonly label = "foreachBatch";
  readonly modes: readonly SinkMode[] = ["append", "update", "complete", "changelog"];
  readonly deletes = true;
  readonly idempotent = false;
  readonly #callback: ForeachBatchCallback;

  constructor(callback: ForeachBatchCallback) {
    super();
    this.#callback = callback;
  }

  protected async publish(batch: number, rows: readonly SinkBatch[]): Promise<void> {
    await this.#callback(rows, batch, this.shape);
  }
}
