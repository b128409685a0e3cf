import { encodeImages } from "./encode-images.js";
import { generateImageKernel, type ImageKernel, kernelSignature } from "./generate-image-kernel.js";
import { hashImages } from "./hash-code.js";
import type { ImageBlock } from "./image-block.js";
import type { KeyLayout } from "./key-layout.js";
import type { KeySource } from "./key-sources.js";

/** Wider images are made part by part: unrolling them gains nothing and costs compile time. */
const WIDEST_UNROLLED = 40;

/** What `confirm` reads and writes. */
export interface ConfirmBlock {
  readonly images: Int32Array;
  readonly count: number;
  readonly candidates: Int32Array;
  readonly entries: Int32Array;
  /** Block row i goes to found[at + i]. */
  readonly found: Int32Array;
  readonly at: number;
}

/**
 * The loops that depend on the shape of a key: generated and unrolled for it, or the same in plain code where
 * generation is forbidden. Both give the same images, hashes and answers.
 */
export class KeyKernels {
  /**
   * found = the candidate where its entry has the same image, else -1; candidate -1 is none. Returns how many are -1.
   * The bytes of long texts are not looked at.
   */
  readonly confirm: (block: ConfirmBlock) => number;
  readonly #layout: KeyLayout;
  readonly #isGenerated: boolean;
  readonly #imageKernels = new Map<string, ImageKernel>();
  readonly #plainImages: ImageKernel = (block: ImageBlock, sources, hashes) => {
    const sawLong = encodeImages(this.#layout, sources, block);
    hashImages(block, hashes);
    return sawLong;
  };

  constructor(layout: KeyLayout, codegen: boolean) {
    this.#layout = layout;
    this.#isGenerated = codegen && layout.imageWords > 0 && layout.imageWords <= WIDEST_UNROLLED;
    this.confirm = this.#isGenerated ? generateConfirm(layout) : plainConfirm(layout);
  }

  /** What makes the images of chunks with such sources; `isDense`: rows[i] = i in every block. */
  imagesOf(sources: readonly KeySource[], isDense: boolean): ImageKernel {
    if (!this.#isGenerated) return this.#plainImages;
    const signature = kernelSignature(sources, isDense);
    const known = this.#imageKernels.get(signature);
    if (known !== undefined) return known;
    const kernel = generateImageKernel(this.#layout, sources, isDense);
    this.#imageKernels.set(signature, kernel);
    return kernel;
  }
}

function generateConfirm({ imageWords, entryWords }: KeyLayout): (block: ConfirmBlock) => number {
  const differ = [...Array(imageWords).keys()].map((k) => `(entries[entry + ${k}] ^ images[image + ${k}])`);
  return new Function(
    "block",
    `
    const { images, count, candidates, entries, found, at } = block;
    let missed = 0;
    for (let i = 0, image = 0; i < count; i++, image += ${imageWords}) {
      const candidate = candidates[i];
      const entry = candidate * ${entryWords};
      if (candidate >= 0 && (${differ.join(" | ")}) === 0) {
        found[at + i] = candidate;
      } else {
        found[at + i] = -1;
        missed++;
      }
    }
    return missed;`,
  ) as (block: ConfirmBlock) => number;
}

function plainConfirm({ imageWords, entryWords }: KeyLayout): (block: ConfirmBlock) => number {
  return ({ images, count, candidates, entries, found, at }) => {
    let missed = 0;
    for (let i = 0; i < count; i++) {
      const entry = candidates[i] * entryWords;
      let equal = candidates[i] < 0 ? -1 : 0;
      while (equal >= 0 && equal < imageWords)
        equal = entries[entry + equal] === images[i * imageWords + equal] ? equal + 1 : -1;
      found[at + i] = equal < 0 ? -1 : candidates[i];
      if (equal < 0) missed++;
    }
    return missed;
  };
}
