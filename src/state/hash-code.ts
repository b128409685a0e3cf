/**
 * The hash of an image: as code to generate, and as a function that gives the same. Each word has a multiplier of its own
 * and the products are added, so that none waits for another (multilinear hashing: Lemire and Kaser 2014); the final steps
 * bring the upper bits, which depend on all of every word, down to where slots are chosen.
 */
const SEED = 0x2545f491;
const FINAL_MULTIPLIER = 0x85ebca6b | 0;
/** Odd multiples of the golden ratio's bits: distinct for distinct positions. */
const GOLDEN = 0x9e3779b1 | 0;

function multiplierOf(position: number): number {
  return Math.imul(GOLDEN, 2 * position + 1) ^ (position << 16);
}

export const hashStart = `let h = ${SEED};`;
export const hashEnd = `h ^= h >>> 15; h = Math.imul(h, ${FINAL_MULTIPLIER}); h ^= h >>> 13;`;

export function hashStep(word: string, position: number): string {
  return `h = (h + Math.imul(${word}, ${multiplierOf(position)})) | 0;`;
}

/** hashes[i] = hash of the image of `stride` words at i * stride. */
export function hashImages(block: { images: Int32Array; stride: number; count: number }, hashes: Int32Array): void {
  const { images, stride, count } = block;
  const multipliers = Int32Array.from({ length: stride }, (_, position) => multiplierOf(position));
  for (let i = 0, at = 0; i < count; i++) {
    let h = SEED;
    for (let k = 0; k < stride; k++, at++) h = (h + Math.imul(images[at], multipliers[k])) | 0;
    h ^= h >>> 15;
    h = Math.imul(h, FINAL_MULTIPLIER);
    hashes[i] = h ^ (h >>> 13);
  }
}
