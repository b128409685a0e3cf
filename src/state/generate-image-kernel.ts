import { unreachable } from "../common/unreachable.js";
import { hashEnd, hashStart, hashStep } from "./hash-code.js";
import type { ImageBlock } from "./image-block.js";
import { INLINE_TEXT_BYTES, type KeyLayout, type KeyPart } from "./key-layout.js";
import type { KeySource } from "./key-sources.js";
import { CANONICAL_NAN_HIGH } from "./number-words.js";
import { encodeSlowText, NULL_LENGTH, PREFIX_MASKS, TEXT_WORDS } from "./text-words.js";

/** Makes the images and hashes of a block in one loop. True when a text was longer than images hold. */
export type ImageKernel = (block: ImageBlock, sources: readonly KeySource[], hashes: Int32Array) => boolean;

/** What the generated code calls and looks up. */
const RUNTIME = { encodeSlowText, masks: PREFIX_MASKS };

/**
 * The loop for one shape of key: a kind per part, whether it has NULLs in this chunk, and whether the rows are all of
 * the chunk's (`isDense`), which are not looked up then. Words live in locals until they are hashed and written. Only
 * numbers of the layout are part of the code.
 */
export function generateImageKernel(layout: KeyLayout, sources: readonly KeySource[], isDense: boolean): ImageKernel {
  const parts = layout.parts.map((part, ordinal) => partCode(part, sources[ordinal], ordinal));
  const words = [...Array(layout.imageWords).keys()];
  const code = `
    const { rows, from, count, images } = block;
    const { encodeSlowText, masks } = runtime;
    ${parts.map((part) => part.before).join("\n    ")}
    let sawLong = false;
    for (let i = 0, at = 0; i < count; i++, at += ${layout.imageWords}) {
      const row = ${isDense ? "from + i" : "rows[from + i]"};
      let ${words.map((k) => `w${k} = 0`).join(", ")};
      ${parts.map((part) => part.inside).join("\n      ")}
      ${hashStart}
      ${words.map((k) => hashStep(`w${k}`, k)).join(" ")}
      ${hashEnd}
      ${words.map((k) => `images[at + ${k}] = w${k};`).join(" ")}
      hashes[i] = h;
    }
    return sawLong;`;
  const kernel = new Function("block", "sources", "hashes", "runtime", code);
  return (block, bound, hashes) => kernel(block, bound, hashes, RUNTIME) as boolean;
}

/** Chunks with the same signature can share a kernel. */
export function kernelSignature(sources: readonly KeySource[], isDense: boolean): string {
  let signature = isDense ? "dense" : "selected";
  for (const source of sources) signature += hasNulls(source) ? `,${source.kind}?` : `,${source.kind}`;
  return signature;
}

interface PartCode {
  readonly before: string;
  readonly inside: string;
}

function hasNulls(source: KeySource): boolean {
  return source.kind !== "null" && source.validity !== null;
}

function partCode(part: KeyPart, source: KeySource, n: number): PartCode {
  const { before, inside } = valueCode(part, source, n);
  if (!hasNulls(source)) return { before, inside };
  return {
    before: `${before} const valid${n} = sources[${n}].validity;`,
    inside: `if (valid${n}[row] === 0) { ${nullCode(part)} } else { ${inside} }`,
  };
}

function nullCode(part: KeyPart): string {
  if (part.text >= 0) return `w${part.word} = ${NULL_LENGTH};`;
  if (part.nullBit < 0) return `throw new Error("Broken invariant: a key that cannot be NULL is NULL");`;
  return `w${part.nullBit >>> 5} |= ${1 << (part.nullBit & 31)};`;
}

function valueCode(part: KeyPart, source: KeySource, n: number): PartCode {
  const w = part.word;
  switch (source.kind) {
    case "null":
      return { before: "", inside: nullCode(part) };
    case "presence":
      return { before: "", inside: "" };
    case "bool":
    case "word":
      return { before: `const values${n} = sources[${n}].values;`, inside: `w${w} = values${n}[row];` };
    case "pair":
      return {
        before: `const halves${n} = sources[${n}].halves;`,
        inside: `w${w} = halves${n}[row << 1]; w${w + 1} = halves${n}[(row << 1) + 1];`,
      };
    case "float":
      return {
        before: `const values${n} = sources[${n}].values; const halves${n} = sources[${n}].halves;`,
        inside: `const value${n} = values${n}[row];
      if (value${n} !== value${n}) w${w + 1} = ${CANONICAL_NAN_HIGH};
      else if (value${n} !== 0) { w${w} = halves${n}[row << 1]; w${w + 1} = halves${n}[(row << 1) + 1]; }`,
      };
    case "text":
      return textCode(w, n);
    case "dictionary":
      return dictionaryCode(w, n);
    default:
      return unreachable(source);
  }
}

/** See encodeText. */
function textCode(w: number, n: number): PartCode {
  const load = (k: number): string =>
    `w${w + 1 + k} = view${n}.getInt32(start${n} + ${4 * k}, true) & masks[mask${n} + ${k}];`;
  return {
    before: `const offsets${n} = sources[${n}].text.offsets; const view${n} = sources[${n}].view;
    const lastSafe${n} = view${n}.byteLength - ${INLINE_TEXT_BYTES}; const slow${n} = new Int32Array(${TEXT_WORDS});`,
    inside: `const start${n} = offsets${n}[row];
      w${w} = offsets${n}[row + 1] - start${n};
      if (w${w} <= ${INLINE_TEXT_BYTES} && start${n} <= lastSafe${n}) {
        const mask${n} = w${w} << 2;
        ${[0, 1, 2, 3].map(load).join(" ")}
      } else {
        slow${n}[0] = w${w};
        encodeSlowText(view${n}, start${n}, slow${n});
        ${[1, 2, 3, 4].map((k) => `w${w + k} = slow${n}[${k}];`).join(" ")}
        if (w${w} > ${INLINE_TEXT_BYTES}) sawLong = true;
      }`,
  };
}

function dictionaryCode(w: number, n: number): PartCode {
  return {
    before: `const indices${n} = sources[${n}].indices; const dictionary${n} = sources[${n}].dictionary;
    const words${n} = dictionary${n}.words; const made${n} = dictionary${n}.made;`,
    inside: `const id${n} = indices${n}[row];
      if (made${n}[id${n}] === 0) dictionary${n}.make(id${n});
      const entry${n} = id${n} * ${TEXT_WORDS};
      ${[0, 1, 2, 3, 4].map((k) => `w${w + k} = words${n}[entry${n} + ${k}];`).join(" ")}
      if (w${w} > ${INLINE_TEXT_BYTES}) sawLong = true;`,
  };
}
