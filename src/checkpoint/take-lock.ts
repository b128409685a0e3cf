import type { Clock } from "../common/clock.js";
import { crc32Hex } from "../common/crc32.js";
import { CheckpointError } from "../common/millrace-error.js";
import type { ProcessIdentity, ProcessName } from "../common/process-identity.js";
import type { CheckpointFiles } from "./checkpoint-files.js";
import { DamagedLog } from "./damaged-log.js";
import { isTemporary, numbersOf } from "./entry-name.js";
import { judgeOwner, type OwnerState, SILENCE_MS, sharesProcesses } from "./judge-owner.js";
import { type LockRecord, lockShape } from "./lock-record.js";
import { decodeLog, encodeLog } from "./log-file.js";

export interface LockParts {
  readonly files: CheckpointFiles;
  readonly clock: Clock;
  readonly processes: ProcessIdentity;
  /** Of this opening of the checkpoint. */
  readonly run: string;
  warn(message: string): void;
}

export interface LockWish {
  /** Waits while another owner lives. */
  readonly standby: boolean;
  /** Takes the lock from a living owner. */
  readonly force: boolean;
  /** Every attempt whose traces are left has a number up to this one. */
  readonly lastAttempt: () => Promise<number>;
}

/** How often a lock is looked at that somebody else has. */
const POLL_MS = 1000;

/** What is in the lock file of the highest epoch. */
interface FoundLock {
  readonly epoch: number;
  /** null: not readable as a lock. */
  readonly record: LockRecord | null;
  /** Differs when anything in the file does. */
  readonly print: string;
}

/** How long a lock file has been seen not to change. Counted in looks: a process that was stopped itself has not looked. */
interface Watch {
  readonly epoch: number;
  readonly print: string;
  readonly silentMs: number;
}

/**
 * Becomes the owner of the checkpoint: publishes `locks/<epoch>` with the next epoch, of which one contender gets the name.
 * Rejects with CHECKPOINT_LOCKED when another owner lives, unless the wish is to wait, and with the signal's reason.
 */
export async function takeLock(parts: LockParts, wish: LockWish, signal: AbortSignal): Promise<LockRecord> {
  const self = await parts.processes.self();
  let watch: Watch | null = null;
  // Force is meant against the owner that is there, not against one that is faster now.
  let forced: number | null = null;
  for (;;) {
    signal.throwIfAborted();
    const found = await newestLock(parts.files);
    if (wish.force) forced ??= found?.epoch ?? 0;
    if (found === null || found.epoch === forced || (await isFree(parts, found, { self, watch }))) {
      const won = await claim(parts, self, await nextEpoch(found, wish));
      if (won !== null) return won;
      watch = null;
      continue;
    }
    if (!wish.standby) await refuseLiving(parts, found, { self, watch });
    watch = look(watch, found);
    await parts.clock.sleep(POLL_MS, signal);
  }
}

/** The highest epoch that there is a lock file of; 0: none. */
export async function highestEpoch(files: CheckpointFiles): Promise<number> {
  return numbersOf(await files.names("locks")).at(-1) ?? 0;
}

export function lockFile(files: CheckpointFiles, record: LockRecord): Uint8Array {
  return encodeLog(lockIdentity(files, record.epoch), lockShape(record));
}

interface Circumstances {
  readonly self: ProcessName;
  readonly watch: Watch | null;
}

async function isFree(parts: LockParts, found: FoundLock, { self, watch }: Circumstances): Promise<boolean> {
  const state = await ownerState(parts, found, self);
  if (state.kind !== "watch") return state.kind === "dead";
  return look(watch, found).silentMs >= state.silenceMs;
}

/** An owner that is known or seen to live, or presumed to: another process must not wait for it unasked. */
async function refuseLiving(parts: LockParts, found: FoundLock, { self, watch }: Circumstances): Promise<void> {
  const state = await ownerState(parts, found, self);
  const hasMoved = watch !== null && watch.epoch === found.epoch && watch.print !== found.print;
  if (state.kind === "watch" && !state.presumedAlive && !hasMoved) return;
  throw lockedError(parts.files.directory, found.record);
}

async function ownerState({ processes, clock }: LockParts, found: FoundLock, self: ProcessName): Promise<OwnerState> {
  // A torn lock: written without links or half lost in a power cut. Only whether it changes can be told.
  if (found.record === null) return { kind: "watch", silenceMs: SILENCE_MS, presumedAlive: false };
  const { owner } = found.record;
  const startTime = sharesProcesses(owner, self) ? await processes.startTimeOf(owner.pid) : null;
  return judgeOwner(found.record, { self, startTime, nowMs: clock.now() });
}

function look(watch: Watch | null, { epoch, print }: FoundLock): Watch {
  const isSame = watch !== null && watch.epoch === epoch && watch.print === print;
  return { epoch, print, silentMs: isSame ? watch.silentMs + POLL_MS : 0 };
}

async function newestLock(files: CheckpointFiles): Promise<FoundLock | null> {
  for (;;) {
    const epoch = await highestEpoch(files);
    if (epoch === 0) return null;
    const bytes = await files.read("locks", String(epoch));
    // Gone since it was listed: a newer owner cleans up.
    if (bytes === null) continue;
    return { epoch, record: lockIn(files, epoch, bytes), print: `${bytes.length} ${crc32Hex(bytes)}` };
  }
}

function lockIn(files: CheckpointFiles, epoch: number, bytes: Uint8Array): LockRecord | null {
  try {
    const record = lockShape(decodeLog(bytes, lockIdentity(files, epoch)));
    return record.epoch === epoch ? record : null;
  } catch (error) {
    if (error instanceof DamagedLog) return null;
    throw error;
  }
}

/** Locks that were removed by hand must not bring numbers of attempts back. */
async function nextEpoch(found: FoundLock | null, { lastAttempt }: LockWish): Promise<number> {
  return 1 + (found === null ? await lastAttempt() : found.epoch);
}

/** null: somebody else was faster. */
async function claim(parts: LockParts, owner: ProcessName, epoch: number): Promise<LockRecord | null> {
  const { files, clock, run } = parts;
  const nowMs = Math.trunc(clock.now());
  const record: LockRecord = { epoch, owner, run, sinceMs: nowMs, beats: 0, beatMs: nowMs, released: false };
  if (!(await publishLock(parts, record))) return null;
  // Whoever looked long ago may take an epoch whose file has been cleaned up since.
  if ((await highestEpoch(files)) === epoch) return record;
  await withdraw(parts, epoch);
  return null;
}

/** Whether this contender got the name. */
async function publishLock(parts: LockParts, record: LockRecord): Promise<boolean> {
  const { files, run } = parts;
  try {
    await files.publish({ folder: "locks", name: String(record.epoch), batch: null }, lockFile(files, record));
    return true;
  } catch (error) {
    const isOurs = await isLockOf(files, record.epoch, run);
    if (isConcurrentRun(error)) return isOurs;
    if (isOurs) await withdraw(parts, record.epoch);
    // A newer owner has cleaned up what this contender was writing.
    else if ((await highestEpoch(files)) > record.epoch) return false;
    throw error;
  }
}

async function isLockOf(files: CheckpointFiles, epoch: number, run: string): Promise<boolean> {
  try {
    const bytes = await files.read("locks", String(epoch));
    return bytes !== null && lockIn(files, epoch, bytes)?.run === run;
  } catch {
    // The error that led here says more.
    return false;
  }
}

async function withdraw({ files, warn }: LockParts, epoch: number): Promise<void> {
  try {
    await files.unlink({ folder: "locks", name: String(epoch), batch: null });
  } catch (error) {
    warn(`A lock that was not won is left behind. ${String(error)}`);
  }
}

/** Locks of the past, and what contenders left that died while they wrote one. */
export async function removeOlderLocks({ files, warn }: LockParts, epoch: number): Promise<void> {
  try {
    const names = await files.names("locks");
    const isOlder = (name: string): boolean => {
      const [number] = numbersOf([isTemporary(name) ? name.slice(0, name.indexOf(".")) : name]);
      return number !== undefined && number < epoch;
    };
    for (const name of names.filter(isOlder)) await files.unlink({ folder: "locks", name, batch: null });
  } catch (error) {
    warn(`An old lock is left behind. ${String(error)}`);
  }
}

function isConcurrentRun(error: unknown): boolean {
  return error instanceof CheckpointError && error.code === "CONCURRENT_RUN";
}

function lockedError(directory: string, record: LockRecord | null): CheckpointError {
  const who =
    record === null
      ? "an owner that cannot be told"
      : `process ${record.owner.pid} on ${record.owner.host} since ${new Date(record.sinceMs).toISOString()}`;
  return new CheckpointError("CHECKPOINT_LOCKED", `The checkpoint ${directory} is in use by ${who}.`, {
    hint: "Stop that query first, or use another directory; standby: true waits for it, forceUnlock: true takes the checkpoint from it when you know that it is dead.",
  });
}

function lockIdentity(files: CheckpointFiles, epoch: number) {
  return { kind: "lock", batch: epoch, path: files.path("locks", String(epoch)) } as const;
}
