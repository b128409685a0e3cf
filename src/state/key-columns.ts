import { allocateFloat64, allocateInt64, int32Halves } from "../columnar/buffers.js";
import type { BytesColumn, Column } from "../columnar/column.js";
import { columnBuilder } from "../columnar/column-builder.js";
import { unreachable } from "../common/unreachable.js";
import type { DataType } from "../types/data-type.js";
import { INLINE_TEXT_BYTES, type KeyLayout, type KeyNode, type KeyPart } from "./key-layout.js";
import { OrderedReader } from "./order-codec.js";

/** Where kept keys lie. */
export interface KeyStore {
  readonly layout: KeyLayout;
  readonly entries: Int32Array;
  /** Bytes of the texts that images do not hold. */
  readonly arena: Uint8Array;
  /** NULL bits that some key has had. */
  readonly nullBits: Int32Array;
}

/** The groups whose keys are wanted: groups[from, from + count). */
export interface GroupRange {
  readonly groups: Int32Array;
  readonly count: number;
}

interface Nulls {
  readonly nullCount: number;
  readonly validity: Uint8Array | null;
}
const NO_NULLS: Nulls = { nullCount: 0, validity: null };

/** Rebuilds key columns from entries. */
export function keyColumns(store: KeyStore, range: GroupRange): Column[] {
  return store.layout.keys.map((node) => columnOf(node, store, range));
}

function columnOf(node: KeyNode, store: KeyStore, range: GroupRange): Column {
  if (node.kind === "null") {
    return { layout: "null", type: node.type, length: range.count, nullCount: range.count, validity: null };
  }
  if (node.kind === "leaf") return leafColumn(node.part, store, range);
  if (node.kind === "offset") throw new Error("Broken invariant: an offset stands beside what it is added to");
  const { nullCount, validity } = node.part === null ? NO_NULLS : nullsOf(node.part, store, range);
  const children: Column[] = [];
  for (const child of node.children) {
    children.push(child.kind === "offset" ? offsetColumn(child, children[0]) : columnOf(child, store, range));
  }
  return { layout: "struct", type: node.type, length: range.count, nullCount, validity, children };
}

/** Columns are written out field by field: a spread costs more than the values of a few rows. */
function leafColumn(part: KeyPart, store: KeyStore, range: GroupRange): Column {
  if (part.kind === "text") return textColumn(part, store, range);
  if (part.kind === "encoded") return decodedColumn(textColumn(part, store, range));
  const { type } = part;
  const length = range.count;
  const { nullCount, validity } = nullsOf(part, store, range);
  switch (part.kind) {
    case "bool": {
      const values = Uint8Array.from(oneWord(part, store, range));
      return { layout: "bool", type, length, nullCount, validity, values };
    }
    case "word":
      return { layout: "int32", type, length, nullCount, validity, values: oneWord(part, store, range) };
    case "pair": {
      const values = allocateInt64(length);
      copyPairs(part, store, { ...range, halves: int32Halves(values) });
      return { layout: "int64", type, length, nullCount, validity, values };
    }
    case "float": {
      const values = allocateFloat64(length);
      copyPairs(part, store, { ...range, halves: int32Halves(values) });
      return { layout: "float64", type, length, nullCount, validity, values };
    }
    case "presence":
      throw new Error("Broken invariant: a struct is not a leaf");
    default:
      return unreachable(part.kind);
  }
}

function oneWord(part: KeyPart, store: KeyStore, range: GroupRange): Int32Array {
  const values = new Int32Array(range.count);
  const { entries } = store;
  const { entryWords } = store.layout;
  for (let i = 0; i < range.count; i++) values[i] = entries[range.groups[i] * entryWords + part.word];
  return values;
}

function copyPairs(part: KeyPart, { layout, entries }: KeyStore, out: GroupRange & { halves: Int32Array }): void {
  const { groups, count, halves } = out;
  const { entryWords } = layout;
  for (let i = 0; i < count; i++) {
    const at = groups[i] * entryWords + part.word;
    halves[2 * i] = entries[at];
    halves[2 * i + 1] = entries[at + 1];
  }
}

/** The int64 values before it plus a constant, half by half: the end of a window is its start plus its size. */
function offsetColumn(node: { type: DataType; offset: bigint }, start: Column): Column {
  if (start.layout !== "int64") throw new Error("Broken invariant: windows start at instants");
  const low = Number(BigInt.asIntN(32, node.offset));
  const high = Number(BigInt.asIntN(32, node.offset >> 32n));
  const values = allocateInt64(start.length);
  const from = int32Halves(start.values);
  const to = int32Halves(values);
  for (let i = 0; i < to.length; i += 2) {
    const sum = (from[i] + low) | 0;
    to[i] = sum;
    to[i + 1] = from[i + 1] + high + (sum >>> 0 < low >>> 0 ? 1 : 0);
  }
  const { length, nullCount, validity } = start;
  return { layout: "int64", type: node.type, length, nullCount, validity, values };
}

function nullsOf(part: KeyPart, store: KeyStore, range: GroupRange): Nulls {
  const { entries } = store;
  const { entryWords } = store.layout;
  const word = part.nullBit >>> 5;
  const bit = 1 << (part.nullBit & 31);
  let validity: Uint8Array | null = null;
  let nullCount = 0;
  if (part.nullBit < 0 || (store.nullBits[word] & bit) === 0) return NO_NULLS;
  for (let i = 0; i < range.count; i++) {
    if ((entries[range.groups[i] * entryWords + word] & bit) === 0) continue;
    validity ??= new Uint8Array(range.count).fill(1);
    validity[i] = 0;
    nullCount++;
  }
  return { nullCount, validity };
}

function textColumn(part: KeyPart, store: KeyStore, range: GroupRange): BytesColumn {
  const { groups, count } = range;
  const { entryWords, arenaWord } = store.layout;
  const { entries } = store;
  const { offsets, validity, nullCount } = textOffsets(part, store, range);
  // Prefix words are written whole; what is too much is overwritten by the next text or left behind the last.
  const bytes = new Uint8Array(offsets[count] + INLINE_TEXT_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const entry = groups[i] * entryWords;
    const at = entry + part.word;
    const length = entries[at];
    if (length > INLINE_TEXT_BYTES) {
      const position = entries[entry + arenaWord + part.text];
      bytes.set(store.arena.subarray(position, position + length), offsets[i]);
    } else if (length > 0) {
      for (let k = 0; k < 4; k++) view.setInt32(offsets[i] + 4 * k, entries[at + 1 + k], true);
    }
  }
  return { layout: "bytes", type: part.type, length: count, nullCount, validity, offsets, bytes };
}

function textOffsets(
  part: KeyPart,
  store: KeyStore,
  range: GroupRange,
): Pick<BytesColumn, "offsets" | "validity" | "nullCount"> {
  const { entries } = store;
  const { entryWords } = store.layout;
  const offsets = new Int32Array(range.count + 1);
  let validity: Uint8Array | null = null;
  let nullCount = 0;
  for (let i = 0; i < range.count; i++) {
    const length = entries[range.groups[i] * entryWords + part.word];
    offsets[i + 1] = offsets[i] + Math.max(0, length);
    if (length >= 0) continue;
    validity ??= new Uint8Array(range.count).fill(1);
    validity[i] = 0;
    nullCount++;
  }
  return { offsets, validity, nullCount };
}

/** Lists back from their canonical bytes. */
function decodedColumn(encoded: BytesColumn): Column {
  const builder = columnBuilder(encoded.type, encoded.length);
  for (let row = 0; row < encoded.length; row++) {
    const isNull = encoded.validity !== null && encoded.validity[row] === 0;
    if (isNull) builder.appendNull();
    else builder.append(new OrderedReader(encoded.bytes, encoded.offsets[row]).read(encoded.type));
  }
  return builder.finish();
}
