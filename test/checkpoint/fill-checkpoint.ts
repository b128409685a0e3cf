import type { Checkpoint } from "../../src/checkpoint/checkpoint.js";
import type { StateFileEntry } from "../../src/checkpoint/records.js";

export interface FilledBatches {
  readonly from: number;
  readonly to: number;
  readonly snapshotEvery: number;
}

/** What DESIGN promises: three per retained batch, the deltas before the oldest one, and a few. */
export function mostFiles(retainBatches: number): number {
  return 3 * retainBatches + 50;
}

/** Writes batches with nothing in them but state, as a query with one sink does. `look` is called after each clean-up. */
export async function fillCheckpoint(
  checkpoint: Checkpoint,
  { from, to, snapshotEvery }: FilledBatches,
  look: (batch: number) => void,
): Promise<void> {
  const { attempt } = checkpoint;
  const bytes = new Uint8Array(8);
  let state: readonly StateFileEntry[] = [];
  for (let batch = from; batch < to; batch++) {
    await checkpoint.logOffsets({ batch, batchTimeMs: 0, sources: [], idle: [], drain: false, fingerprint: null });
    const file = await checkpoint.writeState(batch, [bytes]);
    state = batch % snapshotEvery === 0 ? [file] : [...state, file];
    const sinks = [{ sink: "0", token: "", output: null }];
    await checkpoint.prepare({ batch, attempt, sinks, state, next: null });
    await checkpoint.commit({ batch, attempt, sinks: ["0"], state, next: null, drained: false });
    await checkpoint.cleanUp();
    look(batch);
  }
}
