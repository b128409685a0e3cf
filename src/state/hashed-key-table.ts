import type { BytesColumn, Column, DictionaryColumn } from "../columnar/column.js";
import { ByteArena } from "./byte-arena.js";
import { type FreedSlots, FreeSlots } from "./free-slots.js";
import type { ImageKernel } from "./generate-image-kernel.js";
import { growInt32, nextCapacity } from "./grow.js";
import { HashSlots } from "./hash-slots.js";
import { identityRows } from "./identity-rows.js";
import { keyColumns } from "./key-columns.js";
import { KeyKernels } from "./key-kernels.js";
import { INLINE_TEXT_BYTES, type KeyField, type KeyLayout, type KeyPart, keyLayout } from "./key-layout.js";
import { type KeySource, KeySources } from "./key-sources.js";
import type { StateContent } from "./state-rows.js";
import type { KeyTable } from "./state-table.js";

export interface KeyTableOptions {
  readonly codegen: boolean;
  /** Bits of the hash that are used; tests narrow it to force equal hashes. */
  readonly hashMask?: number;
}

/** The key columns of one chunk, and what makes their images. */
interface BoundKeys {
  readonly sources: readonly KeySource[];
  readonly rows: Int32Array;
  readonly makeImages: ImageKernel;
}

/** Rows handled at a time: their images stay in the first-level cache between the passes. */
const BLOCK_ROWS = 1024;

/**
 * Keys -> dense ids by open addressing. Per block of rows: images of the keys, hashes, the id of the first slot with
 * the same hash (independent loads, so cache misses overlap), then the comparison; only rows that it fails for are
 * probed in full, one by one. Costs O(1) per row, O(1) per released key; memory is the entries' and slots'.
 */
export class HashedKeyTable implements KeyTable {
  readonly #layout: KeyLayout;
  readonly #kernels: KeyKernels;
  readonly #keySources: KeySources;
  readonly #hashMask: number;
  readonly #slots = new HashSlots();
  readonly #arena = new ByteArena();
  readonly #ids = new FreeSlots();
  readonly #images: Int32Array;
  readonly #hashes = new Int32Array(BLOCK_ROWS);
  readonly #candidates = new Int32Array(BLOCK_ROWS);
  /** NULL bits that some key has had: columns of the others are without NULLs. */
  readonly #nullBits: Int32Array;
  #entries: Int32Array;
  #capacity = 16;

  constructor(fields: readonly KeyField[], options: KeyTableOptions) {
    this.#layout = keyLayout(fields);
    this.#kernels = new KeyKernels(this.#layout, options.codegen);
    this.#keySources = new KeySources(this.#layout);
    this.#hashMask = options.hashMask ?? -1;
    this.#images = new Int32Array(BLOCK_ROWS * this.#layout.imageWords);
    this.#nullBits = new Int32Array(this.#layout.nullWords);
    this.#entries = new Int32Array(this.#capacity * this.#layout.entryWords);
  }

  get size(): number {
    return this.#ids.live;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get bytes(): number {
    return this.#entries.byteLength + this.#slots.bytes + this.#arena.bytes + this.#ids.bytes;
  }

  probe(keys: readonly Column[], sel: Int32Array | null, count: number, out: Int32Array): number {
    const before = this.size;
    const only = keys.length === 1 ? keys[0] : null;
    if (only?.layout === "dictionary" && only.dictionary.length <= count)
      this.#probeDictionary(only, { rows: sel ?? identityRows(count), count }, out);
    else this.#probeRows(this.#bind(keys, sel, count), count, out);
    return this.size - before;
  }

  find(keys: readonly Column[], sel: Int32Array | null, count: number, out: Int32Array): void {
    const bound = this.#bind(keys, sel, count);
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const size = Math.min(BLOCK_ROWS, count - from);
      if (this.#lookUp(bound, { from, size }, out) === 0) continue;
      for (let i = 0; i < size; i++) if (out[from + i] < 0) out[from + i] = this.#locate(bound, from, i);
    }
  }

  keysOf(groups: Int32Array, count: number): readonly Column[] {
    return keyColumns(
      { layout: this.#layout, entries: this.#entries, arena: this.#arena.memory, nullBits: this.#nullBits },
      { groups, count },
    );
  }

  release(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#forget(groups[i]);
      this.#ids.give(groups[i]);
    }
    if (this.#arena.isWasteful) this.#compactArena();
  }

  isLive(group: number): boolean {
    return this.#ids.isLive(group);
  }

  liveGroups(): Int32Array {
    return this.#ids.liveSlots();
  }

  captureIds(kind: "delta" | "snapshot"): FreedSlots {
    return kind === "delta" ? this.#ids.capture() : this.#ids.captureAll();
  }

  restore({ slots, columns, freed }: StateContent): void {
    for (const id of freed.given) if (this.#ids.isLive(id)) this.#forget(id);
    for (const id of slots) if (this.#ids.isLive(id)) this.#forget(id);
    if (this.#arena.isWasteful) this.#compactArena();
    this.#ids.restore(freed);
    this.#growTo(freed.next);
    this.#slots.reserve(slots.length);
    const bound = this.#bind(columns, null, slots.length);
    for (let from = 0; from < slots.length; from += BLOCK_ROWS) {
      const size = Math.min(BLOCK_ROWS, slots.length - from);
      this.#makeImages(bound, { from, size });
      for (let i = 0; i < size; i++) this.#place(bound, { from, i }, slots[from + i]);
    }
  }

  #bind(keys: readonly Column[], sel: Int32Array | null, count: number): BoundKeys {
    const rows = sel ?? identityRows(count);
    const sources = this.#keySources.bind(keys, rows, count);
    return { sources, rows, makeImages: this.#kernels.imagesOf(sources, sel === null) };
  }

  #probeRows(bound: BoundKeys, count: number, out: Int32Array): void {
    for (let from = 0; from < count; from += BLOCK_ROWS) {
      const size = Math.min(BLOCK_ROWS, count - from);
      if (this.#lookUp(bound, { from, size }, out) === 0) continue;
      for (let i = 0; i < size; i++) if (out[from + i] < 0) out[from + i] = this.#locateOrInsert(bound, from, i);
    }
  }

  /** One dictionary key: each distinct dictionary id of the chunk is probed once, in order of first appearance. */
  #probeDictionary(key: DictionaryColumn, selection: { rows: Int32Array; count: number }, out: Int32Array): void {
    const { rows, count } = selection;
    const nullId = key.dictionary.length;
    const ordinals = new Int32Array(nullId + 1).fill(-1);
    const firstRows = new Int32Array(nullId + 1);
    let distinct = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      const id = key.validity !== null && key.validity[row] === 0 ? nullId : key.indices[row];
      if (ordinals[id] < 0) {
        ordinals[id] = distinct;
        firstRows[distinct++] = row;
      }
      out[i] = ordinals[id];
    }
    const groups = new Int32Array(distinct);
    this.#probeRows(this.#bind([key], firstRows, distinct), distinct, groups);
    for (let i = 0; i < count; i++) out[i] = groups[out[i]];
  }

  /**
   * Makes the images and hashes of rows[from, from + size) and writes the ids of keys that are where their hash says,
   * -1 for the others: those must be probed in full. Returns how many.
   */
  #lookUp(bound: BoundKeys, { from, size }: { from: number; size: number }, out: Int32Array): number {
    const images = this.#images;
    const sawLong = this.#makeImages(bound, { from, size });
    this.#slots.candidates(this.#hashes, size, this.#candidates);
    const confirm = { images, count: size, candidates: this.#candidates, entries: this.#entries, found: out, at: from };
    const missed = this.#kernels.confirm(confirm);
    return sawLong ? missed + this.#rejectLongTexts(bound, { from, size }, out) : missed;
  }

  /** Images and hashes of rows[from, from + size); true when a text was longer than images hold. */
  #makeImages(bound: BoundKeys, { from, size }: { from: number; size: number }): boolean {
    const hashes = this.#hashes;
    const block = { rows: bound.rows, from, count: size, images: this.#images, stride: this.#layout.imageWords };
    const sawLong = bound.makeImages(block, bound.sources, hashes);
    if (this.#hashMask !== -1) for (let i = 0; i < size; i++) hashes[i] &= this.#hashMask;
    return sawLong;
  }

  /** Equal images of long texts do not prove equal texts. Returns how many were not. */
  #rejectLongTexts(bound: BoundKeys, { from, size }: { from: number; size: number }, out: Int32Array): number {
    let rejected = 0;
    for (let i = 0; i < size; i++) {
      if (out[from + i] < 0 || this.#sameTexts(bound, bound.rows[from + i], out[from + i])) continue;
      out[from + i] = -1;
      rejected++;
    }
    return rejected;
  }

  /** Id of block row i, or -1. */
  #locate(bound: BoundKeys, from: number, i: number): number {
    const pairs = this.#slots.pairs;
    const mask = pairs.length - 1;
    const hash = this.#hashes[i];
    let slot = (hash << 1) & mask;
    while (pairs[slot + 1] !== 0) {
      const id = pairs[slot + 1] - 1;
      if (pairs[slot] === hash && this.#sameImage(i, id) && this.#sameTexts(bound, bound.rows[from + i], id)) return id;
      slot = (slot + 2) & mask;
    }
    return -1;
  }

  #locateOrInsert(bound: BoundKeys, from: number, i: number): number {
    const located = this.#locate(bound, from, i);
    if (located >= 0) return located;
    const id = this.#ids.take();
    if (id >= this.#capacity) this.#growTo(id + 1);
    this.#place(bound, { from, i }, id);
    return id;
  }

  /** Makes the key of block row i that of the id. */
  #place(bound: BoundKeys, { from, i }: { from: number; i: number }, id: number): void {
    const { imageWords, entryWords, hashWord, arenaWord, textParts } = this.#layout;
    const entry = id * entryWords;
    const image = i * imageWords;
    for (let k = 0; k < imageWords; k++) this.#entries[entry + k] = this.#images[image + k];
    for (let k = 0; k < this.#nullBits.length; k++) this.#nullBits[k] |= this.#images[image + k];
    this.#entries[entry + hashWord] = this.#hashes[i];
    for (const part of textParts) {
      const length = this.#entries[entry + part.word];
      if (length <= INLINE_TEXT_BYTES) continue;
      const bytes = textAt(this.#sourceOf(bound, part), bound.rows[from + i]);
      this.#entries[entry + arenaWord + part.text] = this.#arena.append(bytes, 0, bytes.length);
    }
    this.#slots.insert(this.#hashes[i], id);
  }

  #growTo(ids: number): void {
    if (ids <= this.#capacity) return;
    this.#capacity = nextCapacity(this.#capacity, ids);
    this.#entries = growInt32(this.#entries, this.#capacity * this.#layout.entryWords);
  }

  #sameImage(i: number, id: number): boolean {
    const { imageWords, entryWords } = this.#layout;
    for (let k = 0; k < imageWords; k++) {
      if (this.#entries[id * entryWords + k] !== this.#images[i * imageWords + k]) return false;
    }
    return true;
  }

  /** Given equal images: are the long texts of the row those of the entry? */
  #sameTexts(bound: BoundKeys, row: number, id: number): boolean {
    const { textParts, entryWords, arenaWord } = this.#layout;
    const entry = id * entryWords;
    for (const part of textParts) {
      const length = this.#entries[entry + part.word];
      if (length <= INLINE_TEXT_BYTES) continue;
      const kept = this.#entries[entry + arenaWord + part.text];
      if (!sameBytes(textAt(this.#sourceOf(bound, part), row), this.#arena.memory, kept)) return false;
    }
    return true;
  }

  #sourceOf(bound: BoundKeys, part: KeyPart): KeySource {
    return bound.sources[this.#layout.parts.indexOf(part)];
  }

  #forget(id: number): void {
    const { entryWords, hashWord, textParts } = this.#layout;
    const entry = id * entryWords;
    this.#slots.remove(this.#entries[entry + hashWord], id);
    for (const part of textParts) {
      const length = this.#entries[entry + part.word];
      if (length > INLINE_TEXT_BYTES) this.#arena.free(length);
    }
  }

  #compactArena(): void {
    const { textParts, entryWords, arenaWord } = this.#layout;
    const old = this.#arena.replace();
    const pairs = this.#slots.pairs;
    for (let slot = 0; slot < pairs.length; slot += 2) {
      if (pairs[slot + 1] === 0) continue;
      const entry = (pairs[slot + 1] - 1) * entryWords;
      for (const part of textParts) {
        const length = this.#entries[entry + part.word];
        const at = entry + arenaWord + part.text;
        if (length > INLINE_TEXT_BYTES)
          this.#entries[at] = this.#arena.append(old, this.#entries[at], this.#entries[at] + length);
      }
    }
  }
}

function textAt(source: KeySource, row: number): Uint8Array {
  if (source.kind === "text") return bytesAt(source.text, row);
  if (source.kind === "dictionary") return bytesAt(source.dictionary.dictionary, source.indices[row]);
  throw new Error(`Broken invariant: a ${source.kind} has no text`);
}

function bytesAt(text: BytesColumn, row: number): Uint8Array {
  return text.bytes.subarray(text.offsets[row], text.offsets[row + 1]);
}

function sameBytes(bytes: Uint8Array, memory: Uint8Array, from: number): boolean {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== memory[from + i]) return false;
  }
  return true;
}
