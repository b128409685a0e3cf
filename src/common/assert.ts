/** Checks a promise between our own pieces of code; `claim` says who broke what. Never for user input. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${claim}`);
}
