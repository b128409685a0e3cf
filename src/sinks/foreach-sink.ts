import { type RowObjectOptions, toObjects } from "../columnar/to-objects.js";
import { BatchStage } from "./batch-stage.js";
import { shownChunk, shownSchema } from "./change-columns.js";
import type { SinkBatch, SinkMode } from "./sink.js";

/** Gets rows one by one, as objects. `open` may refuse the batch by returning false; `close` always follows. */
export interface ForeachWriter {
  open?(partitionId: number, batchId: number): boolean | undefined | Promise<boolean | undefined>;
  process(row: Record<string, unknown>): void | Promise<void>;
  close?(error: unknown): void | Promise<void>;
}

/** Calls a writer for every row of every batch; at least once after failures. */
export class ForeachSink extends BatchStage {
  readonly label = "foreach";
  readonly modes: readonly SinkMode[] = ["append", "update", "complete", "changelog"];
  readonly deletes = true;
  readonly idempotent = false;
  readonly #writer: ForeachWriter;
  readonly #rowOptions: RowObjectOptions;

  constructor(
    writer: ForeachWriter | ((row: Record<string, unknown>) => void | Promise<void>),
    rowOptions: RowObjectOptions,
  ) {
    super();
    this.#writer = typeof writer === "function" ? { process: writer } : writer;
    this.#rowOptions = rowOptions;
  }

  protected async publish(batch: number, rows: readonly SinkBatch[]): Promise<void> {
    let failure: unknown = null;
    try {
      if ((await this.#writer.open?.(0, batch)) !== false) await this.#process(rows);
    } catch (error) {
      failure = error ?? new Error("The writer failed with nothing.");
    }
    await this.#writer.close?.(failure);
    if (failure !== null) throw failure;
  }

  async #process(rows: readonly SinkBatch[]): Promise<void> {
    const schema = shownSchema(this.shape);
    for (const part of rows) {
      for (const row of toObjects(shownChunk(part, this.shape, schema), this.#rowOptions)) {
        const done = this.#writer.process(row);
        if (done !== undefined) await done;
      }
    }
  }
}
