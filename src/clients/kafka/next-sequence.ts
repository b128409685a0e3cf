const SEQUENCES = 2 ** 31;

/** Sequence numbers of records go up to 2^31 - 1 and then on from 0. */
export function nextSequence(sequence: number, records: number): number {
  return (sequence + records) % SEQUENCES;
}
