import type { ProcessName } from "../common/process-identity.js";
import type { LockRecord } from "./lock-record.js";

/** A heartbeat that looks older than this is doubted, and one that has not changed for so long is the last. */
export const SILENCE_MS = 30_000;
/** How long a heartbeat that looks old is watched all the same: clocks jump, and differ between machines. */
export const DOUBT_MS = 7_000;

/**
 * What is known of a lock's owner. 'watch': it has died if its heartbeat stays as it is for `silenceMs`; until then it is
 * taken to live if `presumedAlive`, and nothing is known otherwise.
 */
export type OwnerState =
  | { readonly kind: "dead" }
  | { readonly kind: "alive" }
  | { readonly kind: "watch"; readonly silenceMs: number; readonly presumedAlive: boolean };

export interface Observer {
  readonly self: ProcessName;
  /** Start time of the living process that has the owner's number here; null: there is none. */
  readonly startTime: string | null;
  readonly nowMs: number;
}

/** DESIGN 8. A process number means something only on the same boot and in the same namespace; elsewhere signs of life decide. */
export function judgeOwner(lock: LockRecord, observer: Observer): OwnerState {
  if (lock.released) return { kind: "dead" };
  if (sharesProcesses(lock.owner, observer.self)) {
    if (observer.startTime === null) return { kind: "dead" };
    // Where the platform keeps start times to itself, a living process of that number may be another one.
    const isKnown = observer.startTime !== "" && lock.owner.startTime !== "";
    if (isKnown) return { kind: observer.startTime === lock.owner.startTime ? "alive" : "dead" };
  }
  return judgeHeartbeat(lock, observer);
}

export function sharesProcesses(owner: ProcessName, self: ProcessName): boolean {
  const sameBoot = owner.bootId === self.bootId && (self.bootId !== "" || owner.host === self.host);
  return sameBoot && owner.pidNamespace === self.pidNamespace;
}

function judgeHeartbeat(lock: LockRecord, { self, nowMs }: Observer): OwnerState {
  const ageMs = nowMs - lock.beatMs;
  if (ageMs > SILENCE_MS) return { kind: "watch", silenceMs: DOUBT_MS, presumedAlive: false };
  // The same host name on another boot, or in another container: most likely what this process was before it was killed.
  // A heartbeat from the future says that one of two clocks is wrong, and nothing about life.
  const isPredecessor = lock.owner.host === self.host;
  return { kind: "watch", silenceMs: SILENCE_MS, presumedAlive: !isPredecessor && ageMs >= -SILENCE_MS };
}
