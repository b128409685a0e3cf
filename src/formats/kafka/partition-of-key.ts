const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/** The partition that Java's default partitioner (and kafkajs's) chooses for the key bytes[from, to). */
export function partitionOfKey(bytes: Uint8Array, from: number, to: number, partitions: number): number {
  return (murmur2(bytes, from, to) & 0x7fffffff) % partitions;
}

/** Murmur2 with Kafka's seed, as a signed 32-bit number. */
function murmur2(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  const words = to - (length & 3);
  let hash = SEED ^ length;
  let i = from;
  for (; i < words; i += 4) {
    let word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if ((length & 3) === 3) hash ^= bytes[i + 2] << 16;
  if ((length & 3) >= 2) hash ^= bytes[i + 1] << 8;
  if ((length & 3) >= 1) hash = Math.imul(hash ^ bytes[i], MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
