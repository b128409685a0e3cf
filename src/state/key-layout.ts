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
 * canonical bytes. Every other part that can be NULL, and every such struct, has a NULL bit; the words of a NULL part
 * are 0. The end of a window of fixed size follows from its start, so only the start is in the image.
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

/** What is known of one key column at plan time. */
export interface KeyField {
  readonly type: DataType;
  /** False is a promise: a NULL that comes all the same is an error. */
  readonly nullable: boolean;
  /** For struct(start, end) with end = start + size in every row: the size. */
  readonly windowSize: bigint | null;
}

/** One leaf column of the flattened key. */
export interface KeyPart {
  readonly kind: PartKind;
  readonly type: DataType;
  /** Key ordinal, then member ordinals. */
  readonly path: readonly number[];
  /** First of its words in the image, and how many it has. */
  readonly word: number;
  readonly words: number;
  /** Ordinal of the NULL bit; -1 for text, and where no NULL can be. */
  readonly nullBit: number;
  /** Ordinal among the text parts, -1 for others. */
  readonly text: number;
}
/** 'presence' is whether a struct is NULL; 'encoded' is a list as canonical bytes. */
export type PartKind = "bool" | "word" | "pair" | "float" | "text" | "encoded" | "presence";

/** The shape of one key, for rebuilding columns. */
export type KeyNode =
  | { readonly kind: "leaf"; readonly part: KeyPart }
  /** `part` is null where the struct cannot be NULL. */
  | {
      readonly kind: "struct";
      readonly type: DataType;
      readonly part: KeyPart | null;
      readonly children: readonly KeyNode[];
    }
  /** The value of `part` plus a constant. */
  | { readonly kind: "offset"; readonly type: DataType; readonly part: KeyPart; readonly offset: bigint }
  | { readonly kind: "null"; readonly type: DataType };

/** Bytes of text that an image holds as they are. */
export const INLINE_TEXT_BYTES = 16;
const WORDS: Record<PartKind, number> = { bool: 1, word: 1, pair: 2, float: 2, text: 5, encoded: 5, presence: 0 };

interface Draft {
  readonly kind: PartKind;
  readonly type: DataType;
  readonly path: readonly number[];
  readonly nullable: boolean;
}

export function keyLayout(fields: readonly KeyField[]): KeyLayout {
  const drafts = fields.flatMap((field, index) => leaves(field, [index]));
  const nullBits = drafts.filter(hasNullBit).length;
  const nullWords = Math.ceil(nullBits / 32);
  const parts = place(drafts, nullWords);
  const imageWords = parts.reduce((words, part) => words + part.words, nullWords);
  const textParts = parts.filter((part) => part.text >= 0);
  return {
    parts,
    keys: fields.map((field, index) => nodeOf(field, [index], parts)),
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
    const { kind, type, path } = draft;
    const words = WORDS[kind];
    const part = {
      kind,
      type,
      path,
      word,
      words,
      nullBit: hasNullBit(draft) ? nullBit++ : -1,
      text: isText(kind) ? text++ : -1,
    };
    word += words;
    return part;
  });
}

function hasNullBit(draft: Draft): boolean {
  return draft.nullable && !isText(draft.kind);
}

function isText(kind: PartKind): boolean {
  return kind === "text" || kind === "encoded";
}

function leaves(field: KeyField, path: readonly number[]): Draft[] {
  const { type, nullable } = field;
  if (type.kind === "null") return [];
  const draft: Draft = { kind: partKind(type), type, path, nullable };
  if (type.kind !== "struct") return [draft];
  const own = nullable ? [draft] : [];
  return [...own, ...stored(field).flatMap((member, index) => leaves(member, [...path, index]))];
}

/** The members that are in the image: a window of fixed size has its start alone. */
function stored(field: KeyField): KeyField[] {
  const members = membersOf(field);
  return field.windowSize === null ? members : members.slice(0, 1);
}

/** In a struct that can be NULL, every member can. */
function membersOf({ type, nullable }: KeyField): KeyField[] {
  if (type.kind !== "struct") return [];
  return type.fields.map((member) => ({ type: member.type, nullable: nullable || member.nullable, windowSize: null }));
}

function nodeOf(field: KeyField, path: readonly number[], parts: readonly KeyPart[]): KeyNode {
  const { type, windowSize } = field;
  if (type.kind === "null") return { kind: "null", type };
  const part = partAt(parts, path);
  if (type.kind !== "struct") return { kind: "leaf", part: known(part, path) };
  const children = stored(field).map((member, index) => nodeOf(member, [...path, index], parts));
  if (windowSize !== null) {
    const start = known(partAt(parts, [...path, 0]), path);
    children.push({ kind: "offset", type: type.fields[1].type, part: start, offset: windowSize });
  }
  return { kind: "struct", type, part: part ?? null, children };
}

function partAt(parts: readonly KeyPart[], path: readonly number[]): KeyPart | undefined {
  return parts.find((candidate) => samePath(candidate.path, path));
}

function known(part: KeyPart | undefined, path: readonly number[]): KeyPart {
  if (part === undefined) throw new Error(`Broken invariant: no key part at ${path.join(".")}`);
  return part;
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
