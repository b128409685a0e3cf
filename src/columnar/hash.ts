import { unreachable } from "../common/unreachable.js";
import { allocateInt32, int32Halves } from "./buffers.js";
import type { BytesColumn, Column, DictionaryColumn, ListColumn, StructColumn } from "./column.js";
import { sliceColumn } from "./slice.js";

// 32-bit hashes in the manner of MurmurHash3 (Austin Appleby, public domain): every value is folded into the row's hash as
// one or more words, the row is finalised once at the end. Equal keys hash equally whatever their layout: dictionary as
// plain text, -0 as 0, every NaN alike, NULL columns as NULLs. Rows, not hashes, are compared for equality.

const C1 = 0xcc9e2d51 | 0;
const C2 = 0x1b873593;
const NULL_WORD = 0x5bd1e995;
const NAN_HIGH = 0x7ff80000;

/**
 * Hashes of the rows `sel[0..count)` (rows 0..count-1 when `sel` is null) into out[0..count): out is indexed by position
 * in the selection, not by physical row.
 */
export function hashRows(columns: readonly Column[], sel: Int32Array | null, count: number, out: Int32Array): void {
  const rows: Rows = { sel, count, out };
  out.fill(0, 0, count);
  for (const column of columns) foldColumn(column, rows);
  for (let k = 0; k < count; k++) out[k] = finalize(out[k]);
}

/** The rows that are hashed, and where to. */
interface Rows {
  readonly sel: Int32Array | null;
  readonly count: number;
  readonly out: Int32Array;
}

function foldColumn(column: Column, rows: Rows): void {
  switch (column.layout) {
    case "null":
      foldNulls(rows);
      break;
    case "bool":
      foldBool(column.values, column.validity, rows);
      break;
    case "int32":
      foldInt32(column.values, column.validity, rows);
      break;
    case "int64":
      foldInt64(int32Halves(column.values), column.validity, rows);
      break;
    case "float64":
      foldFloat64(column.values, column.validity, rows);
      break;
    case "bytes":
      foldBytes(column, rows);
      break;
    case "dictionary":
      foldDictionary(column, rows);
      break;
    case "list":
      foldList(column, rows);
      break;
    case "struct":
      foldStruct(column, rows);
      break;
    default:
      unreachable(column);
  }
}

function foldWord(hash: number, word: number): number {
  let k = Math.imul(word, C1);
  k = Math.imul((k << 15) | (k >>> 17), C2);
  const mixed = hash ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finalize(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function foldNulls({ count, out }: Rows): void {
  for (let k = 0; k < count; k++) out[k] = foldWord(out[k], NULL_WORD);
}

function foldBool(values: Uint8Array, validity: Uint8Array | null, { sel, count, out }: Rows): void {
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    out[k] = foldWord(out[k], validity !== null && validity[row] === 0 ? NULL_WORD : values[row]);
  }
}

function foldInt32(values: Int32Array, validity: Uint8Array | null, { sel, count, out }: Rows): void {
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    out[k] = foldWord(out[k], validity !== null && validity[row] === 0 ? NULL_WORD : values[row]);
  }
}

function foldInt64(halves: Int32Array, validity: Uint8Array | null, { sel, count, out }: Rows): void {
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    const isNull = validity !== null && validity[row] === 0;
    out[k] = isNull ? foldWord(out[k], NULL_WORD) : foldWord(foldWord(out[k], halves[2 * row]), halves[2 * row + 1]);
  }
}

function foldFloat64(values: Float64Array, validity: Uint8Array | null, { sel, count, out }: Rows): void {
  const halves = int32Halves(values);
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    const value = values[row];
    if (validity !== null && validity[row] === 0) out[k] = foldWord(out[k], NULL_WORD);
    else if (value === 0) out[k] = foldWord(foldWord(out[k], 0), 0);
    else if (Number.isNaN(value)) out[k] = foldWord(foldWord(out[k], 0), NAN_HIGH);
    else out[k] = foldWord(foldWord(out[k], halves[2 * row]), halves[2 * row + 1]);
  }
}

function foldBytes(column: BytesColumn, { sel, count, out }: Rows): void {
  const { bytes, offsets, validity } = column;
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    const isNull = validity !== null && validity[row] === 0;
    out[k] = foldWord(out[k], isNull ? NULL_WORD : hashBytes(bytes, offsets[row], offsets[row + 1]));
  }
}

/** The hash of one value's bytes. */
export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0;
  let p = from;
  for (const end = to - 3; p < end; p += 4) {
    hash = foldWord(hash, bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24));
  }
  let tail = 0;
  for (let shift = 0; p < to; p++, shift += 8) tail |= bytes[p] << shift;
  return foldWord(foldWord(hash, tail), to - from);
}

/** Each text of the dictionary is hashed once, where there are fewer of them than rows. */
function foldDictionary(column: DictionaryColumn, { sel, count, out }: Rows): void {
  const { indices, dictionary, validity } = column;
  const { bytes, offsets } = dictionary;
  const known = dictionary.length <= count ? dictionaryHashes(dictionary) : null;
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    const isNull = validity !== null && validity[row] === 0;
    const id = indices[row];
    const word = isNull ? NULL_WORD : known === null ? hashBytes(bytes, offsets[id], offsets[id + 1]) : known[id];
    out[k] = foldWord(out[k], word);
  }
}

function dictionaryHashes({ bytes, offsets, length }: BytesColumn): Int32Array {
  const hashes = allocateInt32(length);
  for (let id = 0; id < length; id++) hashes[id] = hashBytes(bytes, offsets[id], offsets[id + 1]);
  return hashes;
}

function foldList(column: ListColumn, { sel, count, out }: Rows): void {
  const { offsets, validity } = column;
  const base = offsets[0];
  const elements = sliceColumn(column.elements, base, offsets[column.length]);
  const hashes = allocateInt32(elements.length);
  hashRows([elements], null, elements.length, hashes);
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    const isNull = validity !== null && validity[row] === 0;
    let hash = 0;
    for (let p = offsets[row]; p < offsets[row + 1]; p++) hash = foldWord(hash, hashes[p - base]);
    out[k] = foldWord(out[k], isNull ? NULL_WORD : foldWord(hash, offsets[row + 1] - offsets[row]));
  }
}

/** A NULL struct hashes alike whatever its children hold. */
function foldStruct(column: StructColumn, rows: Rows): void {
  const hashes = allocateInt32(rows.count);
  hashRows(column.children, rows.sel, rows.count, hashes);
  foldHashes(hashes, column.validity, rows);
}

/** Folds hashes that are indexed by position, NULL by physical row. */
function foldHashes(hashes: Int32Array, validity: Uint8Array | null, { sel, count, out }: Rows): void {
  for (let k = 0; k < count; k++) {
    const row = sel === null ? k : sel[k];
    out[k] = foldWord(out[k], validity !== null && validity[row] === 0 ? NULL_WORD : hashes[k]);
  }
}
