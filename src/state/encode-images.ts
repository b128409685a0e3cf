import { unreachable } from "../common/unreachable.js";
import type { DictionaryWords } from "./dictionary-words.js";
import type { ImageBlock } from "./image-block.js";
import { INLINE_TEXT_BYTES, type KeyLayout, type KeyPart } from "./key-layout.js";
import type { KeySource } from "./key-sources.js";
import { CANONICAL_NAN_HIGH } from "./number-words.js";
import { encodeText, NULL_LENGTH, TEXT_WORDS } from "./text-words.js";

/**
 * Makes images part by part: the plain form of what generate-image-kernel.ts makes in one loop, for where code
 * generation is forbidden. True when a text was longer than images hold.
 */
export function encodeImages(layout: KeyLayout, sources: readonly KeySource[], block: ImageBlock): boolean {
  clearNullWords(layout.nullWords, block);
  let sawLong = false;
  layout.parts.forEach((part, ordinal) => {
    const source = sources[ordinal];
    sawLong = encodePart(part, source, block) || sawLong;
    const validity = source.kind === "null" ? null : source.validity;
    if (source.kind === "null" || validity !== null) markNulls(part, validity, block);
  });
  return sawLong;
}

function encodePart(part: KeyPart, source: KeySource, block: ImageBlock): boolean {
  switch (source.kind) {
    case "null":
    case "presence":
      return false;
    case "bool":
    case "word":
      copyWords(source.values, block, part.word);
      return false;
    case "pair":
      copyPairs(source.halves, block, part.word);
      return false;
    case "float":
      copyFloats(source, block, part.word);
      return false;
    case "text":
      return encodeText(source, block, part.word);
    case "dictionary":
      return gatherTexts(source, block, part.word);
    default:
      return unreachable(source);
  }
}

function clearNullWords(nullWords: number, { count, images, stride }: ImageBlock): void {
  for (let k = 0; k < nullWords; k++) {
    for (let i = 0; i < count; i++) images[i * stride + k] = 0;
  }
}

function copyWords(values: Uint8Array | Int32Array, block: ImageBlock, word: number): void {
  const { rows, from, count, images, stride } = block;
  for (let i = 0; i < count; i++) images[i * stride + word] = values[rows[from + i]];
}

function copyPairs(halves: Int32Array, block: ImageBlock, word: number): void {
  const { rows, from, count, images, stride } = block;
  for (let i = 0, at = word; i < count; i++, at += stride) {
    images[at] = halves[2 * rows[from + i]];
    images[at + 1] = halves[2 * rows[from + i] + 1];
  }
}

/** -0 as +0 and every NaN as the canonical one: their images are equal. */
function copyFloats(source: { values: Float64Array; halves: Int32Array }, block: ImageBlock, word: number): void {
  const { rows, from, count, images, stride } = block;
  for (let i = 0, at = word; i < count; i++, at += stride) {
    const row = rows[from + i];
    const value = source.values[row];
    if (value === 0 || Number.isNaN(value)) {
      images[at] = 0;
      images[at + 1] = value === 0 ? 0 : CANONICAL_NAN_HIGH;
    } else {
      images[at] = source.halves[2 * row];
      images[at + 1] = source.halves[2 * row + 1];
    }
  }
}

function gatherTexts(
  source: { indices: Int32Array; dictionary: DictionaryWords },
  block: ImageBlock,
  word: number,
): boolean {
  const { rows, from, count, images, stride } = block;
  const { words, made } = source.dictionary;
  let sawLong = false;
  for (let i = 0, at = word; i < count; i++, at += stride) {
    const id = source.indices[rows[from + i]];
    if (made[id] === 0) source.dictionary.make(id);
    for (let k = 0; k < TEXT_WORDS; k++) images[at + k] = words[id * TEXT_WORDS + k];
    sawLong ||= images[at] > INLINE_TEXT_BYTES;
  }
  return sawLong;
}

/** Makes NULL rows look alike; validity null = all of them are NULL. */
function markNulls(part: KeyPart, validity: Uint8Array | null, block: ImageBlock): void {
  const { rows, from, count, images, stride } = block;
  for (let i = 0; i < count; i++) {
    if (validity !== null && validity[rows[from + i]] !== 0) continue;
    const image = i * stride;
    images.fill(0, image + part.word, image + part.word + part.words);
    if (part.text >= 0) images[image + part.word] = NULL_LENGTH;
    else if (part.nullBit >= 0) images[image + (part.nullBit >>> 5)] |= 1 << (part.nullBit & 31);
    else throw new Error("Broken invariant: a key that cannot be NULL is NULL");
  }
}
