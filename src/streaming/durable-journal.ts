import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { CommitPermit } from "../checkpoint/commit-permit.js";
import type { FileEntry, Json, StateFileEntry } from "../checkpoint/records.js";
import { PieceBuffers } from "../columnar/gather-pieces.js";
import { QueryError } from "../common/millrace-error.js";
import { unreachable } from "../common/unreachable.js";
import type { StateChain } from "./state-chain.js";
import { encodeOutput } from "./stored-output.js";
import { type BatchResult, type BatchStart, type Delivery, type TriggerJournal, withAbort } from "./trigger-journal.js";

/**
 * How commits are ordered (reliability.md 2). 'adoptable': state and output are prepared durably before the sink commits, so
 * that recovery can tell what the sink has. 'deliver-first': the sink, then the commit record: a crash between them
 * delivers again. 'commit-first': the commit record, then the sink: a crash between them loses the batch.
 */
export type CommitOrder = "adoptable" | "deliver-first" | "commit-first";

export interface DurableJournalParts {
  readonly checkpoint: Checkpoint;
  readonly order: CommitOrder;
  readonly state: StateChain;
  /** By source, in plan order: its name in the records. */
  readonly sourceNames: readonly string[];
  readonly fingerprint: Json;
}

/** Writes the records of every trigger in the order that recovery relies on. */
export class DurableJournal implements TriggerJournal {
  readonly #parts: DurableJournalParts;
  readonly #buffers = new PieceBuffers();
  #isClosed = false;
  /** The clean-up after the last commit: what reports a trigger, and who waits for it, need not wait for that. */
  #cleaning: Promise<void> = Promise.resolve();

  constructor(parts: DurableJournalParts) {
    this.#parts = parts;
  }

  async begin({ batch, offsets, idle, drain }: BatchStart): Promise<void> {
    this.#requireOpen();
    const { checkpoint, sourceNames, fingerprint } = this.#parts;
    await checkpoint.logOffsets({
      batch,
      batchTimeMs: offsets.chosenAtMs,
      sources: offsets.ranges.map(({ from, to, behind, ended }, i) => ({
        source: sourceNames[i],
        from,
        to,
        behind,
        ended,
      })),
      idle,
      drain,
      fingerprint,
    });
  }

  async deliver(result: BatchResult): Promise<void> {
    const { checkpoint, order } = this.#parts;
    await this.#cleaning;
    this.#requireOpen();
    const state = await this.#parts.state.write(result.batch);
    await withAbort(result.deliveries, checkpoint.attempt, async () => {
      const tokens: string[] = [];
      const { batch, ranges } = result;
      for (const { writer, batches } of result.deliveries) {
        tokens.push(await writer.stage({ batch, ranges, attempt: checkpoint.attempt }, batches));
      }
      this.#requireOpen();
      switch (order) {
        case "adoptable":
          return this.#deliverPrepared(result, state, tokens);
        case "deliver-first":
          await this.#commitSinks(result, CommitPermit.unprepared(result.batch, checkpoint.attempt));
          return this.#commit(result, state);
        case "commit-first":
          await this.#commit(result, state);
          return this.#commitSinks(result, CommitPermit.unprepared(result.batch, checkpoint.attempt));
        default:
          return unreachable(order);
      }
    });
  }

  reasonOf(failure: unknown): Promise<unknown> {
    return this.#parts.checkpoint.reasonOf(failure);
  }

  async settle(): Promise<void> {
    this.#cleaning = this.#parts.checkpoint.cleanUp();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#cleaning;
    await this.#parts.checkpoint.close();
  }

  /** A trigger that was left behind by a stop may still be running: it must not reach the records or the sinks. */
  #requireOpen(): void {
    if (this.#isClosed) throw new QueryError("QUERY_STOPPED", "The query was stopped before this trigger was done.");
  }

  async #deliverPrepared(
    result: BatchResult,
    state: readonly StateFileEntry[],
    tokens: readonly string[],
  ): Promise<void> {
    const { checkpoint } = this.#parts;
    const { batch, deliveries, position } = result;
    const outputs = await this.#storeOutputs(batch, deliveries);
    const permit = await checkpoint.prepare({
      batch,
      attempt: checkpoint.attempt,
      sinks: deliveries.map(({ writer }, i) => ({ sink: writer.name, token: tokens[i], output: outputs[i] })),
      state,
      next: position(),
    });
    await this.#commitSinks(result, permit);
    await this.#commit(result, state);
  }

  /** One sink has the batch or has it not. Several may have it in part: then recovery completes it from these. */
  async #storeOutputs(batch: number, deliveries: readonly Delivery[]): Promise<readonly (FileEntry | null)[]> {
    if (deliveries.length === 1) return [null];
    const entries: FileEntry[] = [];
    for (const { writer, batches } of deliveries) {
      entries.push(await this.#parts.checkpoint.writeOutput(batch, writer.name, encodeOutput(batches, this.#buffers)));
    }
    return entries;
  }

  async #commitSinks({ deliveries }: BatchResult, permit: CommitPermit): Promise<void> {
    for (const { writer } of deliveries) await writer.commit(permit);
  }

  #commit(result: BatchResult, state: readonly StateFileEntry[]): Promise<void> {
    const { checkpoint } = this.#parts;
    const { batch, deliveries, position, drained } = result;
    const sinks = deliveries.map(({ writer }) => writer.name);
    return checkpoint.commit({ batch, attempt: checkpoint.attempt, sinks, state, next: position(), drained });
  }
}
