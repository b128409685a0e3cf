import { unreachable } from "../common/unreachable.js";
import { allocateInt32, int32Halves } from "./buffers.js";
import type {
  BoolColumn,
  BytesColumn,
  Column,
  DictionaryColumn,
  Float64Column,
  Int32Column,
  Int64Column,
  ListColumn,
  StructColumn,
} from "./column.js";
import { compareBytes } from "./compare-bytes.js";
import { sortStable } from "./sort-stable.js";

/** Negative, 0 or positive, as for Array.sort. */
export type RowComparator = (i: number, j: number) => number;

export interface RowOrder {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

const ASCENDING: RowOrder = { descending: false, nullsFirst: true };

/**
 * The total order of values of one type: NULL first, NaN greatest, -0 = 0, text by its bytes, lists and structs member
 * by member. Dictionary and plain text compare with each other.
 */
export function compareAt(a: Column, i: number, b: Column, j: number): number {
  const aNull = isNullAt(a, i);
  const bNull = isNullAt(b, j);
  if (aNull || bNull) return (aNull ? 0 : 1) - (bNull ? 0 : 1);
  switch (a.layout) {
    case "bool":
    case "int32":
      return a.values[i] - (b as BoolColumn | Int32Column).values[j];
    case "int64":
      return compareBigints(a.values[i], (b as Int64Column).values[j]);
    case "float64":
      return compareDoubles(a.values[i], (b as Float64Column).values[j]);
    case "bytes":
    case "dictionary":
      return compareTextAt(a, i, b as BytesColumn | DictionaryColumn, j);
    case "list":
      return compareListAt(a, i, b as ListColumn, j);
    case "struct":
      return compareStructAt(a, i, b as StructColumn, j);
    case "null":
      return 0;
    default:
      return unreachable(a);
  }
}

/** The same value: NULL = NULL, NaN = NaN, -0 = 0. */
export function equalAt(a: Column, i: number, b: Column, j: number): boolean {
  return compareAt(a, i, b, j) === 0;
}

export function isNullAt(column: Column, row: number): boolean {
  return column.layout === "null" || (column.validity !== null && column.validity[row] === 0);
}

/** Compares rows of the columns, the first column first; without orders all ascend, NULLs first. */
export function rowComparator(columns: readonly Column[], orders?: readonly RowOrder[]): RowComparator {
  const comparators = columns.map((column, k) => orderedComparator(column, orders?.[k] ?? ASCENDING));
  const [first, second] = comparators;
  if (first === undefined) return () => 0;
  if (second === undefined) return first;
  if (comparators.length === 2) return (i, j) => first(i, j) || second(i, j);
  return (i, j) => {
    for (const compare of comparators) {
      const order = compare(i, j);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Rows 0..count-1 in order; equal rows stay in their order. */
export function sortIndices(columns: readonly Column[], orders: readonly RowOrder[], count: number): Int32Array {
  const rows = allocateInt32(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  return sortStable(rows, rowComparator(columns, orders));
}

function orderedComparator(column: Column, order: RowOrder): RowComparator {
  if (column.layout === "null") return () => 0;
  const ascending = valueComparator(column);
  const directed: RowComparator = order.descending ? (i, j) => ascending(j, i) : ascending;
  const { validity } = column;
  if (validity === null) return directed;
  const nullSign = order.nullsFirst ? 1 : -1;
  return (i, j) => {
    const iValid = validity[i];
    const jValid = validity[j];
    return (iValid & jValid) === 1 ? directed(i, j) : (iValid - jValid) * nullSign;
  };
}

/** Compares rows that are not NULL; one closure per layout, so that its array stays of one class. */
function valueComparator(column: Exclude<Column, { layout: "null" }>): RowComparator {
  switch (column.layout) {
    case "bool":
      return boolComparator(column.values);
    case "int32":
      return int32Comparator(column.values);
    case "int64":
      return int64Comparator(column.values);
    case "float64":
      return float64Comparator(column.values);
    case "bytes":
      return textComparator(column);
    case "dictionary":
      return dictionaryComparator(column);
    case "list":
      return (i, j) => compareListAt(column, i, column, j);
    case "struct":
      return (i, j) => compareStructAt(column, i, column, j);
    default:
      return unreachable(column);
  }
}

function boolComparator(values: Uint8Array): RowComparator {
  return (i, j) => values[i] - values[j];
}

function int32Comparator(values: Int32Array): RowComparator {
  return (i, j) => (values[i] < values[j] ? -1 : values[i] > values[j] ? 1 : 0);
}

/** By halves: the high ones signed, the low ones unsigned. */
function int64Comparator(values: BigInt64Array): RowComparator {
  const halves = int32Halves(values);
  return (i, j) => {
    const iHigh = halves[2 * i + 1];
    const jHigh = halves[2 * j + 1];
    return iHigh === jHigh ? (halves[2 * i] >>> 0) - (halves[2 * j] >>> 0) : iHigh < jHigh ? -1 : 1;
  };
}

function float64Comparator(values: Float64Array): RowComparator {
  return (i, j) => compareDoubles(values[i], values[j]);
}

function textComparator({ bytes, offsets }: BytesColumn): RowComparator {
  return (i, j) => compareBytes(bytes, offsets[i], offsets[i + 1], bytes, offsets[j], offsets[j + 1]);
}

function dictionaryComparator({ indices, dictionary }: DictionaryColumn): RowComparator {
  const texts = textComparator(dictionary);
  return (i, j) => (indices[i] === indices[j] ? 0 : texts(indices[i], indices[j]));
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
}

function compareTextAt(
  a: BytesColumn | DictionaryColumn,
  i: number,
  b: BytesColumn | DictionaryColumn,
  j: number,
): number {
  const aText = a.layout === "bytes" ? a : a.dictionary;
  const bText = b.layout === "bytes" ? b : b.dictionary;
  const aRow = a.layout === "bytes" ? i : a.indices[i];
  const bRow = b.layout === "bytes" ? j : b.indices[j];
  return compareBytes(
    aText.bytes,
    aText.offsets[aRow],
    aText.offsets[aRow + 1],
    bText.bytes,
    bText.offsets[bRow],
    bText.offsets[bRow + 1],
  );
}

function compareListAt(a: ListColumn, i: number, b: ListColumn, j: number): number {
  const aFrom = a.offsets[i];
  const bFrom = b.offsets[j];
  const aLength = a.offsets[i + 1] - aFrom;
  const bLength = b.offsets[j + 1] - bFrom;
  const shared = Math.min(aLength, bLength);
  for (let k = 0; k < shared; k++) {
    const order = compareAt(a.elements, aFrom + k, b.elements, bFrom + k);
    if (order !== 0) return order;
  }
  return aLength - bLength;
}

function compareStructAt(a: StructColumn, i: number, b: StructColumn, j: number): number {
  for (let k = 0; k < a.children.length; k++) {
    const order = compareAt(a.children[k], i, b.children[k], j);
    if (order !== 0) return order;
  }
  return 0;
}
