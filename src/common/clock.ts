/** The only way any layer below the entry files learns about time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Milliseconds from an arbitrary origin, never going backwards; for durations. */
  monotonic(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts (it resolves then too, it never rejects). */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
