/**
 * Waits for `work`, but rejects with the reason of the first of `signals` that aborts. Work that is left behind is told by
 * the signal it was given, and what becomes of it is nobody's concern.
 */
export async function unlessAborted<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (done: AbortSignal) => Promise<T>,
): Promise<T> {
  for (const signal of signals) signal?.throwIfAborted();
  const done = new AbortController();
  const stops: (() => void)[] = [];
  const aborted = new Promise<never>((_, reject) => {
    for (const signal of signals) if (signal !== undefined) stops.push(onAbort(signal, () => reject(signal.reason)));
  });
  try {
    return await Promise.race([work(done.signal), aborted]);
  } finally {
    for (const stop of stops) stop();
    done.abort();
  }
}

interface Listeners {
  readonly callbacks: Set<() => void>;
  readonly tell: () => void;
}

/** One listener per signal, however many wait for it: Node warns of a leak where there are more than ten. */
const LISTENERS = new WeakMap<AbortSignal, Listeners>();

function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, tell } = listenersOf(signal);
  callbacks.add(callback);
  signal.addEventListener("abort", tell);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) signal.removeEventListener("abort", tell);
  };
}

function listenersOf(signal: AbortSignal): Listeners {
  const known = LISTENERS.get(signal);
  if (known !== undefined) return known;
  const callbacks = new Set<() => void>();
  const made = { callbacks, tell: () => callbacks.forEach((callback) => void callback()) };
  LISTENERS.set(signal, made);
  return made;
}
