import { allDone } from "../common/all-done.js";
import { assert } from "../common/assert.js";
import type { Clock } from "../common/clock.js";
import { type Crc32, crcText } from "../common/crc32.js";
import { ENGINE_VERSION } from "../common/engine-version.js";
import type { FileSystem } from "../common/file-system.js";
import type { ProcessIdentity } from "../common/process-identity.js";
import type { Random } from "../common/random.js";
import { CheckpointFiles, type UnsyncedFile } from "./checkpoint-files.js";
import { CheckpointLock } from "./checkpoint-lock.js";
import { CommitPermit } from "./commit-permit.js";
import { attemptName, attemptOfName, encodeName } from "./entry-name.js";
import { COMMITS, OFFSETS, PREPARED, publishEntry } from "./log-entry.js";
import { openMetadata, requireOwnDirectory } from "./query-metadata.js";
import { readFacts } from "./read-facts.js";
import { readReferenced } from "./read-referenced.js";
import type { CommitRecord, FileEntry, OffsetRecord, PreparedRecord, StateFileEntry } from "./records.js";
import type { RecoveryFacts, SinkFact } from "./recovery-facts.js";
import { Retention } from "./retention.js";
import { type SweepParts, sweepOtherAttempts, sweepTemporary } from "./sweep.js";

export interface CheckpointParts {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly processes: ProcessIdentity;
  readonly random: Random;
  readonly crc32: Crc32;
  warn(message: string): void;
}

export interface CheckpointOptions {
  readonly directory: string;
  /** Records survive a power cut, not only the process. */
  readonly fsync: boolean;
  /** How many of the newest batches keep their records and their state. */
  readonly retainBatches: number;
  /** Takes the checkpoint from a living owner. */
  readonly forceUnlock: boolean;
  /** Waits while another owner lives. */
  readonly standby: boolean;
}

/** What `open` has made ready. */
interface OpenCheckpoint {
  readonly files: CheckpointFiles;
  readonly lock: CheckpointLock;
  readonly queryId: string;
  readonly isNew: boolean;
  readonly retainBatches: number;
  warn(message: string): void;
}

/**
 * The logs and files of one query, owned by this run from `open` to `close`.
 * What callers must do: one call at a time. `facts` before anything is written. Per batch, in this order: logOffsets (W1);
 * writeState and writeOutput; prepare (W2), which gives the permit that sinks ask for; commit (W3); cleanUp, which may
 * go on while the next batch is logged. A batch that facts have shown open is continued at the step where it stopped.
 * Every write rejects with CONCURRENT_RUN when another run has taken over. After any rejection nothing more may be written:
 * close, and let a new opening find out what is there.
 */
export class Checkpoint {
  readonly #files: CheckpointFiles;
  readonly #lock: CheckpointLock;
  readonly #retention: Retention;
  readonly #sweep: SweepParts;
  readonly queryId: string;
  /** This opening has made the checkpoint. */
  readonly isNew: boolean;
  /** Files that no record refers to yet and that are not durable, and the folders with their names. */
  readonly #unsyncedFolders = new Set<"state" | "prepared">();
  readonly #unsyncedFiles: UnsyncedFile[] = [];
  /** A commit that is there but cannot be read, so that it counts as absent. */
  #tornCommit: number | null = null;
  #hasSwept = false;

  private constructor({ files, lock, queryId, isNew, retainBatches, warn }: OpenCheckpoint) {
    this.#files = files;
    this.#lock = lock;
    this.queryId = queryId;
    this.isNew = isNew;
    const verify = (): Promise<void> => lock.verify();
    this.#sweep = { files, verify, warn };
    this.#retention = new Retention({ files, retainBatches, verify, warn });
  }

  /**
   * Makes the directories where they are missing and becomes their owner. Rejects with CHECKPOINT_LOCKED (unless standby or
   * forceUnlock) while another owner lives, with CHECKPOINT_CORRUPT when there are logs of an unknown query, with
   * CHECKPOINT_DIRECTORY_TAKEN when there is something else, and with the signal's reason.
   */
  static async open(parts: CheckpointParts, options: CheckpointOptions, signal: AbortSignal): Promise<Checkpoint> {
    const { clock, processes, random } = parts;
    const { directory, fsync, retainBatches } = options;
    const warn = (message: string): void => parts.warn(message);
    const run = random.uuid();
    const files = new CheckpointFiles(parts.files, { directory, fsync, run, crc32: parts.crc32 });
    await requireOwnDirectory(files);
    await files.makeFolders();
    const wish = { standby: options.standby, force: options.forceUnlock, lastAttempt: () => lastAttempt(files) };
    const lock = await CheckpointLock.take({ files, clock, processes, run, warn }, wish, signal);
    try {
      const { metadata, isNew } = await openMetadata(files, () => ({
        queryId: random.uuid(),
        createdMs: Math.trunc(clock.now()),
        engineVersion: ENGINE_VERSION,
      }));
      const checkpoint = new Checkpoint({ files, lock, queryId: metadata.queryId, isNew, retainBatches, warn });
      await sweepTemporary(checkpoint.#sweep);
      return checkpoint;
    } catch (error) {
      const reason = await lock.reasonOf(error);
      await lock.release();
      throw reason;
    }
  }

  /** The number of this run's attempts: its lock's epoch, so that no two runs ever share one. */
  get attempt(): number {
    return this.#lock.epoch;
  }

  /** Reads what recovery decides by. What a run published that died before it could sync the folder is made durable first. */
  async facts(sinks: readonly SinkFact[]): Promise<RecoveryFacts> {
    for (const folder of ["root", "offsets", "state", "prepared", "commits"] as const) {
      await this.#files.syncFolder(folder);
    }
    const facts = await readFacts(this.#files, "valid", sinks);
    // What another run writes meanwhile would look like damage.
    await this.#lock.verify();
    if (facts.commitOfNewest.kind === "corrupt") this.#tornCommit = facts.offsetBatches.at(-1) ?? null;
    return facts;
  }

  /** Where a source keeps files of its own (it may not be there yet), and what it must ask before it touches them. */
  sourceStorage(source: string): { readonly directory: string; readonly run: string; verify(): Promise<void> } {
    const directory = this.#files.path("sources", encodeName(source));
    return { directory, run: this.#files.run, verify: () => this.#lock.verify() };
  }

  /** Why something failed that the owner of a checkpoint may do: it is not the owner any more, or for its own reason. */
  reasonOf(failure: unknown): Promise<unknown> {
    return this.#lock.reasonOf(failure);
  }

  /** W1: from here on the batch is defined. */
  async logOffsets(record: OffsetRecord): Promise<void> {
    await publishEntry(this.#files, OFFSETS, { record, until: () => this.#lock.verify() });
  }

  /** Durable once the batch is prepared or committed. */
  async writeState(batch: number, pieces: Iterable<Uint8Array>): Promise<StateFileEntry> {
    const entry = await this.#writeFile("state", batch, { name: `${this.#attemptAt(batch)}.arrow`, pieces });
    return { batch, ...entry };
  }

  /** What a batch sends to one of several sinks. Durable once the batch is prepared. */
  async writeOutput(batch: number, sink: string, pieces: Iterable<Uint8Array>): Promise<FileEntry> {
    const name = `${this.#attemptAt(batch)}.${encodeName(sink)}.arrow`;
    const entry = await this.#writeFile("prepared", batch, { name, pieces });
    this.#retention.notePrepared(name, batch);
    return entry;
  }

  /** W2: state and output of this run's attempt are durable, and so is that they belong together. */
  async prepare(record: PreparedRecord): Promise<CommitPermit> {
    assert(record.attempt === this.attempt, "a run prepares its own attempts");
    await publishEntry(this.#files, PREPARED, { record, until: () => this.#ready() });
    this.#retention.notePrepared(attemptName(record), record.batch);
    // A run that was stopped while it published must not get as far as a sink.
    await this.#lock.verify();
    return CommitPermit.prepared(record);
  }

  /** The permit for an attempt that another run prepared, once its files have been found whole. */
  async adopt(record: PreparedRecord): Promise<CommitPermit> {
    const outputs = record.sinks.flatMap(({ output }) => output ?? []);
    const state = record.state.filter(({ batch }) => batch === record.batch);
    for (const entry of [...outputs, ...state]) await this.readFile(entry);
    await this.#lock.verify();
    return CommitPermit.prepared(record);
  }

  /** W3: the batch is done. */
  async commit(record: CommitRecord): Promise<void> {
    if (record.batch === this.#tornCommit) {
      await this.#lock.verify();
      await this.#files.unlink({ folder: "commits", name: String(record.batch), batch: record.batch });
      this.#tornCommit = null;
    }
    await publishEntry(this.#files, COMMITS, { record, until: () => this.#ready() });
    this.#retention.noteCommit(record);
  }

  /** The file that a record refers to; CHECKPOINT_CORRUPT unless it is exactly what was written. */
  async readFile(entry: FileEntry): Promise<Uint8Array> {
    try {
      return await readReferenced(this.#files, entry);
    } catch (error) {
      // Another run removes what it does not need: that is no damage.
      throw await this.reasonOf(error);
    }
  }

  /** Removes what no retained batch needs; to be called after a commit. Never rejects. */
  cleanUp(): Promise<void> {
    return this.#retention.cleanUp();
  }

  /** Forgets a batch that nothing can have come of: its offsets are torn. */
  async discardOffsets(batch: number): Promise<void> {
    await this.#lock.verify();
    await this.#files.unlink({ folder: "offsets", name: String(batch), batch });
    await this.#files.syncFolder("offsets");
  }

  /** Forgets an attempt that no sink has: its record first, so that nothing refers to what is gone. */
  async discardAttempt(batch: number, attempt: number): Promise<void> {
    await this.#lock.verify();
    for (const folder of ["prepared", "state"] as const) {
      const names = (await this.#files.names(folder)).filter((name) => {
        const of = attemptOfName(name);
        return of?.batch === batch && of.attempt === attempt;
      });
      for (const name of names.sort()) await this.#files.unlink({ folder, name, batch });
    }
  }

  /** Stops the heartbeat and gives the lock back. Never rejects. */
  async close(): Promise<void> {
    for (const file of this.#unsyncedFiles.splice(0)) await file.abandon();
    await this.#lock.release();
  }

  #attemptAt(batch: number): string {
    return attemptName({ batch, attempt: this.attempt });
  }

  async #writeFile(
    folder: "state" | "prepared",
    batch: number,
    { name, pieces }: { readonly name: string; readonly pieces: Iterable<Uint8Array> },
  ): Promise<FileEntry> {
    await this.#lock.verify();
    if (!this.#hasSwept) await sweepOtherAttempts(this.#sweep, batch, this.attempt);
    this.#hasSwept = true;
    const file = await this.#files.writeNew({ folder, name, batch }, pieces);
    this.#unsyncedFiles.push(file);
    this.#unsyncedFolders.add(folder);
    return { path: `${folder}/${name}`, bytes: file.bytes, crc32: crcText(file.crc) };
  }

  /** Before a record gets its name, the files that it refers to are durable, and this run is still the owner. */
  async #ready(): Promise<void> {
    const files = this.#unsyncedFiles.splice(0);
    const folders = [...this.#unsyncedFolders];
    this.#unsyncedFolders.clear();
    await allDone([...files.map((file) => file.sync()), ...folders.map((folder) => this.#files.syncFolder(folder))]);
    await this.#lock.verify();
  }
}

/** The highest attempt that has left a trace. */
async function lastAttempt(files: CheckpointFiles): Promise<number> {
  const names = [...(await files.names("state")), ...(await files.names("prepared"))];
  return names.reduce((last, name) => Math.max(last, attemptOfName(name)?.attempt ?? 0), 0);
}
