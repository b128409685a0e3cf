import { unreachable } from "../common/unreachable.js";
import type { DataType } from "../types/data-type.js";

/**
 * How a key of these types lies in 32-bit words: the image that is hashed, compared and kept. Two keys are equal iff
 * their images are equal and the bytes of their long texts are.
 *
 *   image = [null bits …][words of part 0][words of part 1] …
 *   entry = image, hash, one arena position per text part
 *
 * Structs are flattened into their members. A text part is its length (-1 = NULL) and four little-endian words of
 * its zero-padded prefix, or of hashes of it when it is longer than they hold. Lists are kept as one text part of
 * canonical bytes. Every other part, and every struct, has a NULL bit; the words of a NULL part are 0.
 */
export interface KeyLayout {
  readonly parts: readonly KeyPart[];
  readonly keys: readonly KeyNode[];
  readonly nullWords: number;
  /** Words of an image. */
  readonly imageWords: number;
  readonly textParts: readonly KeyPart[];
  /** Where in an entry the hash is, and the first arena position. */
  readonly hashWord: number;
  readonly arenaWord: number;
  readonly entryWords: number;
}

/** One leaf column of the flattened key. */
export interface KeyPart {
  readonly kind: PartKind;
  readonly type: DataType;
  /** Key ordinal, then member ordinals. */
  readonly path: readonly number[];
  /** First word in the image; unused for 'presence'. */
  readonly word: number;
  /** Ordinal of the NULL bit, -1 for text. */
  readonly nullBit: number;
  /** Ordinal among the text parts, -1 for others. */
  readonly text: number;
}
/** 'presence' is whether a struct is NULL; 'encoded' is a list as canonical bytes. */
export type PartKind = "bool" | "word" | "pair" | "float" | "text" | "encoded" | "presence";

/** The shape of one key, for rebuilding columns. */
export type KeyNode =
  | { readonly kind: "leaf"; readonly part: KeyPart }
  | { readonly kind: "struct"; readonly type: DataType; readonly part: KeyPart; readonly children: readonly KeyNode[] }
  | { readonly kind: "null"; readonly type: DataType };

/** Bytes of text that an image holds as they are. */
export const INLINE_TEXT_BYTES = 16;
const WORDS: Record<PartKind, number> = { bool: 1, word: 1, pair: 2, float: 2, text: 5, encoded: 5, presence: 0 };

interface Draft {
  readonly kind: PartKind;
  readonly type: DataType;
  readonly path: readonly number[];
}

export function keyLayout(types: readonly DataType[]): KeyLayout {
  const drafts = types.flatMap((type, index) => leaves(type, [index]));
  const nullBits = drafts.filter((draft) => !isText(draft.kind)).length;
  const nullWords = Math.ceil(nullBits / 32);
  const parts = place(drafts, nullWords);
  const imageWords = drafts.reduce((words, draft) => words + WORDS[draft.kind], nullWords);
  const textParts = parts.filter((part) => part.text >= 0);
  return {
    parts,
    keys: types.map((type, index) => nodeOf(type, [index], parts)),
    nullWords,
    imageWords,
    textParts,
    hashWord: imageWords,
    arenaWord: imageWords + 1,
    entryWords: imageWords + 1 + textParts.length,
  };
}

function place(drafts: readonly Draft[], nullWords: number): KeyPart[] {
  let word = nullWords;
  let nullBit = 0;
  let text = 0;
  return drafts.map((draft) => {
    const part = { ...draft, word, nullBit: isText(draft.kind) ? -1 : nullBit++, text: isText(draft.kind) ? text++ : -1 };
    word += WORDS[draft.kind];
    return part;
  });
}

function isText(kind: PartKind): boolean {
  return kind === "text" || kind === "encoded";
}

function leaves(type: DataType, path: readonly number[]): Draft[] {
  if (type.kind === "null") return [];
  const draft: Draft = { kind: partKind(type), type, path };
  if (type.kind !== "struct") return [draft];
  return [draft, ...type.fields.flatMap((field, index) => leaves(field.type, [...path, index]))];
}

function nodeOf(type: DataType, path: readonly number[], parts: readonly KeyPart[]): KeyNode {
  const part = parts.find((candidate) => samePath(candidate.path, path));
  if (part === undefined) return { kind: "null", type };
  if (type.kind !== "struct") return { kind: "leaf", part };
  return { kind: "struct", type, part, children: type.fields.map((field, i) => nodeOf(field.type, [...path, i], parts)) };
}

function samePath(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

function partKind(type: DataType): PartKind {
  switch (type.kind) {
    case "bool":
      return "bool";
    case "int32":
    case "date":
      return "word";
    case "int64":
    case "timestamp":
      return "pair";
    case "float64":
      return "float";
    case "utf8":
    case "binary":
      return "text";
    case "list":
      return "encoded";
    case "struct":
      return "presence";
    case "null":
    case "int8":
    case "int16":
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
    case "float32":
    case "decimal128":
    case "duration":
    case "map":
    case "dictionary":
      throw new Error(`Broken invariant: a key of type ${type.kind} is refused where data enters`);
    default:
      return unreachable(type);
  }
}
