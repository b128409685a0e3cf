/**
 * The right to make attempt `attempt` of batch `batch` visible in a sink. A sink's commit asks for one, so that nobody can
 * commit before the batch is logged: `Checkpoint.prepare` gives it, and for a query without a checkpoint `withoutCheckpoint`.
 */
export class CommitPermit {
  readonly batch: number;
  readonly attempt: number;

  private constructor(batch: number, attempt: number) {
    this.batch = batch;
    this.attempt = attempt;
  }

  /** Only for this folder: `prepared/batch-attempt` has been published. */
  static prepared(record: { readonly batch: number; readonly attempt: number }): CommitPermit {
    return new CommitPermit(record.batch, record.attempt);
  }

  /** The batch is logged but not prepared: guarantees below exactly-once do without. */
  static unprepared(batch: number, attempt: number): CommitPermit {
    return new CommitPermit(batch, attempt);
  }

  /** There is nothing to log, and nothing to recover. */
  static withoutCheckpoint(batch: number): CommitPermit {
    return new CommitPermit(batch, 0);
  }
}
