/** A signal that aborts with either of two; `release` removes the listeners when nobody waits any more. */
export interface EitherSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/** `AbortSignal.any` keeps every signal it made alive as long as its longest-living source: too long for one per trigger. */
export function eitherSignal(a: AbortSignal, b: AbortSignal): EitherSignal {
  const both = new AbortController();
  const abort = (): void => both.abort();
  a.addEventListener("abort", abort);
  b.addEventListener("abort", abort);
  if (a.aborted || b.aborted) abort();
  return {
    signal: both.signal,
    release: () => {
      a.removeEventListener("abort", abort);
      b.removeEventListener("abort", abort);
    },
  };
}
