import { CommitPermit } from "../checkpoint/commit-permit.js";
import type { Json } from "../checkpoint/records.js";
import type { OutputBatch } from "../execution/output/output-batch.js";
import type { BatchRange } from "../sinks/sink.js";
import type { ChosenOffsets } from "./event-time-clock.js";
import type { SinkWriter } from "./sink-writer.js";

/** What defines a batch: a run of it is a function of this and of the state before it. */
export interface BatchStart {
  readonly batch: number;
  readonly offsets: ChosenOffsets;
  /** By watermarkId. */
  readonly idle: readonly boolean[];
  /** Every bound goes to +infinity at the end. */
  readonly drain: boolean;
}

/** What a trigger sends to one sink. */
export interface Delivery {
  readonly writer: SinkWriter;
  readonly batches: readonly OutputBatch[];
}

/** What a trigger has come to. */
export interface BatchResult {
  readonly batch: number;
  readonly ranges: readonly BatchRange[];
  readonly deliveries: readonly Delivery[];
  /** Where the query stands after it. */
  readonly position: () => Json;
  /** Nothing can follow: every bound is at +infinity. */
  readonly drained: boolean;
}

/**
 * Makes what triggers do stick. Per trigger: `begin`, then `deliver`. A failure of either ends the query: what is in
 * memory then is ahead of what is known to be done. No promise comes back where there is nothing to wait for.
 */
export interface TriggerJournal {
  /** Returns when the batch is defined for ever. */
  begin(start: BatchStart): Promise<void> | undefined;
  /** Returns when every sink shows the batch, once. */
  deliver(result: BatchResult): Promise<void>;
  /** Why a trigger failed: what a run does that has been taken over fails for no reason of its own. */
  reasonOf(failure: unknown): Promise<unknown>;
  /** Work that follows the commit and cannot undo it: clean-up. It may go on afterwards, at the latest until `close`. */
  settle(): Promise<void> | undefined;
  close(): Promise<void>;
}

/** For a query without a checkpoint: nothing is kept, sinks get their rows. */
export const volatileJournal: TriggerJournal = Object.freeze({
  begin: () => undefined,
  deliver: ({ batch, ranges, deliveries }: BatchResult) =>
    withAbort(deliveries, 0, async () => {
      for (const { writer, batches } of deliveries) await writer.stage({ batch, attempt: 0, ranges }, batches);
      const permit = CommitPermit.withoutCheckpoint(batch);
      for (const { writer } of deliveries) await writer.commit(permit);
    }),
  reasonOf: async (failure: unknown) => failure,
  settle: () => undefined,
  close: async () => {},
});

/** Lets every sink take back the attempt when `work` fails, and passes the failure on. */
export async function withAbort(
  deliveries: readonly Delivery[],
  attempt: number,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    for (const { writer } of deliveries) await writer.abort(attempt);
    throw error;
  }
}
