/** The hash of an image, word by word: as code to generate, and as a function that gives the same. */
const SEED = 0x2545f491;
const MULTIPLIER = 0x9e3779b1 | 0;
const FINAL_MULTIPLIER = 0x85ebca6b | 0;

export const hashStart = `let h = ${SEED};`;
export const hashEnd = `h = Math.imul(h, ${FINAL_MULTIPLIER}); h ^= h >>> 13;`;

export function hashStep(word: string): string {
  return `h = Math.imul(h ^ ${word}, ${MULTIPLIER}); h ^= h >>> 15;`;
}

/** hashes[i] = hash of the image of `width` words at i * width. */
export function hashImages(block: { images: Int32Array; stride: number; count: number }, hashes: Int32Array): void {
  const { images, stride, count } = block;
  for (let i = 0, at = 0; i < count; i++) {
    let h = SEED;
    for (const end = at + stride; at < end; at++) {
      h = Math.imul(h ^ images[at], MULTIPLIER);
      h ^= h >>> 15;
    }
    h = Math.imul(h, FINAL_MULTIPLIER);
    hashes[i] = h ^ (h >>> 13);
  }
}
