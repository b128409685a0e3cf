import type { CommitPermit } from "../checkpoint/commit-permit.js";
import type { OutputBatch } from "../execution/output/output-batch.js";
import type { BatchRange, Sink } from "../sinks/sink.js";

/** Which batch it is, by which attempt. */
export interface StagedAttempt {
  readonly batch: number;
  readonly attempt: number;
  readonly ranges: readonly BatchRange[];
}

/** One sink of a query, driven through its port once per trigger: stage, then commit, or abort. */
export class SinkWriter {
  readonly sink: Sink;
  /** Which of the query's sinks: "main", "late". */
  readonly name: string;

  constructor(sink: Sink, name: string) {
    this.sink = sink;
    this.name = name;
  }

  /** begin, write, prepare; the token says where the rows wait. */
  async stage({ batch, attempt, ranges }: StagedAttempt, batches: readonly OutputBatch[]): Promise<string> {
    await this.sink.begin(batch, attempt, ranges);
    for (const rows of batches) await this.sink.write(rows);
    return this.sink.prepare();
  }

  commit(permit: CommitPermit): Promise<void> {
    return this.sink.commit(permit);
  }

  /** Takes back what was staged, as far as that goes: called when something else has failed, which is the error to tell. */
  async abort(attempt: number): Promise<void> {
    await this.sink.abort(attempt).catch(() => {});
  }
}
