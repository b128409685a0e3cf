import { setImmediate as nextMacrotask } from "node:timers/promises";
import { Checkpoint, type CheckpointOptions } from "../../src/checkpoint/checkpoint.js";
import type { CommitPermit } from "../../src/checkpoint/commit-permit.js";
import { decideRecovery } from "../../src/checkpoint/decide-recovery.js";
import type { CommitRecord, Json, OffsetRecord, PreparedRecord, StateFileEntry } from "../../src/checkpoint/records.js";
import type { RecoveryDecision, SinkFact } from "../../src/checkpoint/recovery-facts.js";
import type { Clock } from "../../src/common/clock.js";
import { crc32 } from "../../src/common/crc32.js";
import type { FileSystem } from "../../src/common/file-system.js";
import type { ProcessIdentity } from "../../src/common/process-identity.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { FakeProcesses } from "../fakes/fake-processes.js";

export const DIRECTORY = "/data/checkpoint";
export const OPTIONS: CheckpointOptions = {
  directory: DIRECTORY,
  fsync: true,
  retainBatches: 3,
  forceUnlock: false,
  standby: false,
};
const SNAPSHOT_EVERY = 4;

/** A sink as good as a database: a commit is one atomic, durable step, and a batch that is there already is refused. */
export class LedgerSink {
  readonly name: string;
  readonly batches: { readonly batch: number; readonly attempt: number; readonly rows: readonly number[] }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get fact(): SinkFact {
    return { sink: this.name, durable: true, committed: this.batches.at(-1) ?? null };
  }

  get rows(): readonly number[] {
    return this.batches.flatMap(({ rows }) => rows);
  }

  commit({ batch, attempt }: CommitPermit, rows: readonly number[]): void {
    if (batch !== this.batches.length)
      throw new Error(`Sink ${this.name} is at ${this.batches.length}, not at ${batch}`);
    this.batches.push({ batch, attempt, rows });
  }
}

/** What outlives a process: the disk, the sinks, and the machine's other processes. */
export interface World {
  readonly files: FileSystem;
  readonly sinks: readonly LedgerSink[];
  readonly machine: FakeProcesses;
}

export interface Run {
  readonly checkpoint: Checkpoint;
  readonly warnings: readonly string[];
  /** Kills the process: its lock stays. */
  kill(): void;
}

export function newWorld(files: FileSystem, sinks: number): World {
  return {
    files,
    sinks: Array.from({ length: sinks }, (_, i) => new LedgerSink(`sink${i}`)),
    machine: new FakeProcesses(),
  };
}

/** The same world before what is left of its disk. Sinks keep what they committed; each branch of an enumeration has its own. */
export function rebooted({ sinks, machine }: World, files: FileSystem): World {
  const copies = sinks.map(({ name, batches }) => {
    const copy = new LedgerSink(name);
    copy.batches.push(...batches);
    return copy;
  });
  return { files, sinks: copies, machine };
}

let ids = 0;

export interface OpenWith {
  readonly options?: Partial<CheckpointOptions>;
  readonly clock?: Clock;
  readonly processes?: ProcessIdentity;
  readonly signal?: AbortSignal;
}

/** Opens the world's checkpoint from a process of its own. */
export async function openRun(world: World, { options = {}, clock, processes, signal }: OpenWith = {}): Promise<Run> {
  const process = world.machine.start();
  const warnings: string[] = [];
  try {
    const checkpoint = await Checkpoint.open(
      {
        files: world.files,
        clock: clock ?? new ManualClock(0),
        processes: processes ?? process.processes,
        random: { uuid: () => `run${ids++}`, seed: () => 1 },
        crc32,
        warn: (message) => void warnings.push(message),
      },
      { ...OPTIONS, ...options },
      signal ?? new AbortController().signal,
    );
    return { checkpoint, warnings, kill: () => world.machine.kill(process.name) };
  } catch (error) {
    world.machine.kill(process.name);
    throw error;
  }
}

/**
 * A query in small: batch N takes numbers from where N-1 stopped, as many as the attempt fancies, so that a batch that is
 * planned twice is not the same batch; its state is the sum of all. Runs until `batches` are committed; returns the sum.
 */
export class MiniQuery {
  readonly #world: World;
  readonly #checkpoint: Checkpoint;
  #sum = 0;
  #at = 0;
  #state: readonly StateFileEntry[] = [];

  constructor(world: World, { checkpoint }: Run) {
    this.#world = world;
    this.#checkpoint = checkpoint;
  }

  async run(batches: number): Promise<number> {
    const decision = decideRecovery(await this.#checkpoint.facts(this.#world.sinks.map(({ fact }) => fact)));
    for (let batch = await this.#recover(decision); batch < batches; batch++) await this.#trigger(batch);
    return this.#sum;
  }

  /** Returns the batch that comes next. */
  async #recover(decision: RecoveryDecision): Promise<number> {
    switch (decision.kind) {
      case "fresh":
        return 0;
      case "resume":
        await this.#restore(decision.after);
        return decision.after.batch + 1;
      case "discard":
        await this.#checkpoint.discardOffsets(decision.batch);
        await this.#restore(decision.after);
        return decision.batch;
      case "rerun":
        for (const attempt of decision.abort) await this.#checkpoint.discardAttempt(decision.offsets.batch, attempt);
        await this.#restore(decision.after);
        await this.#process(decision.offsets);
        return decision.offsets.batch + 1;
      case "adopt":
        return this.#adopt(decision.prepared, decision.missing);
      case "refuse":
        throw new Error(`${decision.code}: ${decision.what}`);
    }
  }

  async #adopt(record: PreparedRecord, missing: readonly string[]): Promise<number> {
    const permit = await this.#checkpoint.adopt(record);
    for (const { sink, output } of record.sinks) {
      if (!missing.includes(sink) || output === null) continue;
      const rows = JSON.parse(new TextDecoder().decode(await this.#checkpoint.readFile(output)));
      this.#world.sinks.find(({ name }) => name === sink)?.commit(permit, rows);
    }
    const { batch, attempt, state, next } = record;
    const commit = { batch, attempt, sinks: record.sinks.map(({ sink }) => sink), state, next, drained: false };
    await this.#checkpoint.commit(commit);
    await this.#checkpoint.cleanUp();
    await this.#restore(commit);
    return batch + 1;
  }

  async #restore(commit: CommitRecord | null): Promise<void> {
    if (commit === null) return;
    this.#state = commit.state;
    this.#at = commit.next as number;
    this.#sum = 0;
    for (const entry of commit.state) {
      this.#sum += JSON.parse(new TextDecoder().decode(await this.#checkpoint.readFile(entry)));
    }
  }

  async #trigger(batch: number): Promise<void> {
    const to = this.#at + 1 + ((batch + this.#checkpoint.attempt) % 3);
    const source = { source: "0", from: this.#at, to, behind: [], ended: false };
    const record = { batch, batchTimeMs: 0, sources: [source], idle: [], drain: false, fingerprint: null };
    await this.#checkpoint.logOffsets(record);
    await this.#process(record);
  }

  async #process({ batch, sources: [{ from, to }] }: OffsetRecord): Promise<void> {
    const rows = range(from, to);
    const delta = rows.reduce((sum, value) => sum + value, 0);
    this.#sum += delta;
    this.#at = to as number;
    const isSnapshot = batch % SNAPSHOT_EVERY === 0;
    const file = await this.#checkpoint.writeState(batch, [bytesOf(isSnapshot ? this.#sum : delta)]);
    this.#state = isSnapshot ? [file] : [...this.#state, file];
    const sinks = [];
    for (const { name } of this.#world.sinks) {
      const output =
        this.#world.sinks.length > 1 ? await this.#checkpoint.writeOutput(batch, name, [bytesOf(rows)]) : null;
      sinks.push({ sink: name, token: "", output });
    }
    const { attempt } = this.#checkpoint;
    const permit = await this.#checkpoint.prepare({ batch, attempt, sinks, state: this.#state, next: this.#at });
    for (const sink of this.#world.sinks) sink.commit(permit, rows);
    const names = this.#world.sinks.map(({ name }) => name);
    await this.#checkpoint.commit({ batch, attempt, sinks: names, state: this.#state, next: this.#at, drained: false });
    await this.#checkpoint.cleanUp();
  }
}

/** One process from start to clean end. */
export async function runOnce(world: World, batches: number, how: OpenWith = {}): Promise<number> {
  const run = await openRun(world, how);
  try {
    return await new MiniQuery(world, run).run(batches);
  } finally {
    await run.checkpoint.close();
    run.kill();
  }
}

/** Why the outcome is wrong; null: every number is in every sink once, in order, by the same attempts, and in the state. */
export function wrongWith({ sinks }: World, batches: number, sum: number): string | null {
  const [first, ...others] = sinks;
  if (first.batches.length !== batches) return `${first.batches.length} batches`;
  if (first.rows.some((value, i) => value !== i)) return `rows ${first.rows.join(" ")}`;
  const attempts = JSON.stringify(first.batches);
  if (others.some((sink) => JSON.stringify(sink.batches) !== attempts)) return "sinks differ";
  const expected = first.rows.reduce((total, value) => total + value, 0);
  return sum === expected ? null : `the state is ${sum}, not ${expected}`;
}

/** Lets seconds pass until the work is done: it may have to wait for a lock. */
export async function asTimeGoes<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  work.then(done, done);
  for (await settle(); !isDone; await settle()) await clock.advance(1000);
  return work;
}

/** Everything on a simulated disk happens in microtasks: after this, whoever is not done waits for the clock. */
export function settle(): Promise<void> {
  return nextMacrotask();
}

function range(from: Json, to: Json): readonly number[] {
  return Array.from({ length: (to as number) - (from as number) }, (_, i) => (from as number) + i);
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
