/**
 * The two loops that depend only on how wide an image is. Generated, unrolled, for the width of one key; the tables
 * below do the same with an inner loop, where code generation is forbidden. Both give the same hashes.
 */
export interface KeyKernels {
  /** hashes[i] = hash of image i. */
  readonly hash: (images: Int32Array, count: number, hashes: Int32Array) => void;
  /**
   * found[i] = candidates[i] where that entry's image equals image i, else -1. The bytes of long texts are not looked
   * at, and no candidate (-1) is none.
   */
  readonly confirm: (block: ConfirmBlock) => void;
}
export interface ConfirmBlock {
  readonly images: Int32Array;
  readonly count: number;
  readonly candidates: Int32Array;
  readonly entries: Int32Array;
  readonly found: Int32Array;
}
export interface KernelShape {
  readonly imageWords: number;
  readonly entryWords: number;
  readonly codegen: boolean;
}

const SEED = 0x2545f491;
const MULTIPLIER = 0x9e3779b1 | 0;
const FINAL_MULTIPLIER = 0x85ebca6b | 0;
/** Wider images are looped over: unrolling them gains nothing and costs compile time. */
const WIDEST_UNROLLED = 40;

const generated = new Map<string, KeyKernels>();

/** Kernels of one shape are shared: they see arrays of one class only, whatever the key's types are. */
export function keyKernels(shape: KernelShape): KeyKernels {
  if (!shape.codegen || shape.imageWords > WIDEST_UNROLLED) return loopKernels(shape);
  const name = `${shape.imageWords}/${shape.entryWords}`;
  const known = generated.get(name);
  if (known !== undefined) return known;
  const kernels = generateKernels(shape);
  generated.set(name, kernels);
  return kernels;
}

function loopKernels({ imageWords, entryWords }: KernelShape): KeyKernels {
  return {
    hash: (images, count, hashes) => {
      for (let i = 0, at = 0; i < count; i++) {
        let h = SEED;
        for (const end = at + imageWords; at < end; at++) {
          h = Math.imul(h ^ images[at], MULTIPLIER);
          h ^= h >>> 15;
        }
        h = Math.imul(h, FINAL_MULTIPLIER);
        hashes[i] = h ^ (h >>> 13);
      }
    },
    confirm: ({ images, count, candidates, entries, found }) => {
      for (let i = 0; i < count; i++) {
        const image = i * imageWords;
        const entry = candidates[i] * entryWords;
        let word = candidates[i] < 0 ? -1 : 0;
        while (word >= 0 && word < imageWords) word = entries[entry + word] === images[image + word] ? word + 1 : -1;
        found[i] = word < 0 ? -1 : candidates[i];
      }
    },
  };
}

/** Only numbers of the layout are part of the code. */
function generateKernels({ imageWords, entryWords }: KernelShape): KeyKernels {
  const words = [...Array(imageWords).keys()];
  const mix = words.map((k) => `h = Math.imul(h ^ images[at + ${k}], ${MULTIPLIER}); h ^= h >>> 15;`);
  const differ = words.map((k) => `(entries[entry + ${k}] ^ images[at + ${k}])`);
  return {
    hash: new Function("images", "count", "hashes", `
      for (let i = 0, at = 0; i < count; i++, at += ${imageWords}) {
        let h = ${SEED};
        ${mix.join("\n        ")}
        h = Math.imul(h, ${FINAL_MULTIPLIER});
        hashes[i] = h ^ (h >>> 13);
      }`) as KeyKernels["hash"],
    confirm: new Function("block", `
      const { images, count, candidates, entries, found } = block;
      for (let i = 0, at = 0; i < count; i++, at += ${imageWords}) {
        const candidate = candidates[i];
        const entry = candidate * ${entryWords};
        found[i] = candidate >= 0 && (${differ.join(" | ")}) === 0 ? candidate : -1;
      }`) as KeyKernels["confirm"],
  };
}
