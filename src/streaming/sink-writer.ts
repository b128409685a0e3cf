import type { OutputBatch } from "../execution/output/output-batch.js";
import { CommitPermit } from "../checkpoint/commit-permit.js";
import type { Sink } from "../sinks/sink.js";

/** One sink of a query, driven through its port once per trigger. */
export class SinkWriter {
  readonly sink: Sink;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  /** begin, write, prepare, commit; aborts on failure and passes the error on. Returns the rows sent. */
  async deliver(batchId: number, batches: readonly OutputBatch[]): Promise<number> {
    try {
      await this.sink.begin(batchId, 0);
      for (const batch of batches) await this.sink.write(batch);
      await this.sink.prepare();
      await this.sink.commit(CommitPermit.withoutCheckpoint(batchId));
    } catch (error) {
      // The first error is the one to tell.
      await this.sink.abort(0).catch(() => {});
      throw error;
    }
    return batches.reduce((rows, batch) => rows + batch.chunk.length, 0);
  }
}
