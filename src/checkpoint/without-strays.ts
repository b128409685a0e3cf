/**
 * The entries of one log without those that a run left which was stopped while it published one, and went on when its
 * successor had cleaned up all entries around it: the oldest, alone below a gap, without its partner in the other log.
 * Nothing is read from them; damage looks different.
 */
export function withoutStrays(batches: readonly number[], partners: readonly number[]): readonly number[] {
  let first = 0;
  while (first + 1 < batches.length && batches[first + 1] > batches[first] + 1 && !partners.includes(batches[first])) {
    first++;
  }
  return first === 0 ? batches : batches.slice(first);
}
