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
  try {
    const aborts = signals.flatMap((signal) => (signal === undefined ? [] : [abortOf(signal, done.signal)]));
    return await Promise.race([work(done.signal), ...aborts]);
  } finally {
    done.abort();
  }
}

function abortOf(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: done });
  });
}
