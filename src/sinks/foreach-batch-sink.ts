import { BatchStage } from "./batch-stage.js";
import type { BatchRange, SinkBatch, SinkMode, SinkShape } from "./sink.js";

/** Which batch the rows are, and by which attempt: a later try of the batch has a higher number, not always the next. */
export interface DeliveredBatch {
  readonly batchId: number;
  readonly attempt: number;
  readonly shape: SinkShape;
  readonly ranges: readonly BatchRange[];
}

/** Gets the rows of one batch; the batch counts as done when the promise resolves. */
export type ForeachBatchCallback = (batches: readonly SinkBatch[], batch: DeliveredBatch) => Promise<void> | void;

/** Hands each batch to a function. The function may see a batch again after a failure: `batchId` tells, and with a checkpoint the rows are the same. */
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

  protected async publish(batchId: number, rows: readonly SinkBatch[], attempt: number): Promise<void> {
    await this.#callback(rows, { batchId, attempt, shape: this.shape, ranges: this.ranges });
  }
}
