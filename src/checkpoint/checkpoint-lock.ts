import { CheckpointError } from "../common/millrace-error.js";
import type { LockRecord } from "./lock-record.js";
import { highestEpoch, type LockParts, type LockWish, lockFile, removeOlderLocks, takeLock } from "./take-lock.js";

const HEARTBEAT_MS = 5000;

/**
 * The right to write a checkpoint, while nobody has a higher epoch. Its epoch is the number of every attempt that is made
 * under it: no two openings of a checkpoint ever share one.
 */
export class CheckpointLock {
  readonly #parts: LockParts;
  readonly #beating = new AbortController();
  readonly #heartbeat: Promise<void>;
  #record: LockRecord;
  #isSilent = false;

  private constructor(parts: LockParts, record: LockRecord) {
    this.#parts = parts;
    this.#record = record;
    this.#heartbeat = this.#beat(this.#beating.signal);
  }

  static async take(parts: LockParts, wish: LockWish, signal: AbortSignal): Promise<CheckpointLock> {
    const record = await takeLock(parts, wish, signal);
    await removeOlderLocks(parts, record.epoch);
    return new CheckpointLock(parts, record);
  }

  get epoch(): number {
    return this.#record.epoch;
  }

  /** Rejects with CONCURRENT_RUN when another run has taken over. */
  async verify(): Promise<void> {
    const { files } = this.#parts;
    const highest = await highestEpoch(files);
    if (highest <= this.epoch) return;
    throw new CheckpointError(
      "CONCURRENT_RUN",
      `Another run has taken over the checkpoint ${files.directory} (lock ${highest}, this run has ${this.epoch}).`,
      { hint: "This query was taken for dead. Nothing is lost: the other run continues it." },
    );
  }

  /** Why something failed: what a run does that has been taken over fails for no reason of its own. */
  async reasonOf(failure: unknown): Promise<unknown> {
    try {
      await this.verify();
      return failure;
    } catch (error) {
      return error instanceof CheckpointError && error.code === "CONCURRENT_RUN" ? error : failure;
    }
  }

  /** Stops the heartbeat and says that the next one need not wait. Never rejects: a lock that stays is found out to be dead. */
  async release(): Promise<void> {
    this.#beating.abort();
    await this.#heartbeat;
    try {
      await this.verify();
      await this.#write({ released: true });
    } catch (error) {
      this.#parts.warn(`The lock of a checkpoint was not released. ${String(error)}`);
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#parts.clock.sleep(HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      try {
        // A lock that was lost stays as it is: its file may have been cleaned up.
        await this.verify();
        await this.#write({ released: false });
        this.#isSilent = false;
      } catch (error) {
        if (!this.#isSilent) this.#parts.warn(`The heartbeat of a checkpoint failed. ${String(error)}`);
        this.#isSilent = true;
      }
    }
  }

  async #write({ released }: { released: boolean }): Promise<void> {
    const { files, clock } = this.#parts;
    const beatMs = Math.trunc(clock.now());
    const record = { ...this.#record, beats: this.#record.beats + 1, beatMs, released };
    await files.replace({ folder: "locks", name: String(record.epoch), batch: null }, lockFile(files, record));
    this.#record = record;
  }
}
