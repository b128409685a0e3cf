import { allocateBytes, int32Halves } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import { ALL_VALID, countedValidity, type Validity } from "../../columnar/validity.js";
import type { DataType } from "../../types/data-type.js";
import type { Target } from "./binary-columns.js";
import { constantBytes } from "./constant-argument.js";
import { exactAt } from "./exact-int64.js";
import type { ColumnFunction, Constant, KernelInput } from "./kernel.js";
import { boolColumn, columnAs } from "./lane-column.js";

/** Whether a value is among constants, in one pass; NULL among them makes a NULL of every FALSE. Null where the type has no such pass. */
export function constantMembership(type: DataType, items: readonly Constant[]): ColumnFunction | null {
  const present = items.filter((item) => item.value !== null);
  const find = finderOf(type, present);
  if (find === null) return null;
  const hasNull = present.length < items.length;
  return (input) => {
    const out = allocateBytes(input.length);
    find(input, out);
    return boolColumn(out, input.length, hasNull ? trueOrNull(out, input.length) : ALL_VALID);
  };
}

function trueOrNull(found: Uint8Array, length: number): Validity {
  return countedValidity(found.slice(0, length), length);
}

type Finder = (input: KernelInput, out: Uint8Array) => void;

function finderOf({ kind }: DataType, items: readonly Constant[]): Finder | null {
  if (kind === "utf8" || kind === "binary") return textFinder(items);
  // A Set takes NaN for NaN and -0 for 0.
  if (kind === "int32" || kind === "date") {
    const wanted = new Set(items.map(({ value }) => value as number));
    return (input, out) => findNumbers(columnAs(input.column(0), "int32").values, wanted, { out, rows: input.rows });
  }
  if (kind === "float64") {
    const wanted = new Set(items.map(({ value }) => value as number));
    return (input, out) => findDoubles(columnAs(input.column(0), "float64").values, wanted, { out, rows: input.rows });
  }
  if (kind === "int64" || kind === "timestamp") return int64Finder(items);
  return null;
}

/** Values that numbers hold are looked up as numbers, so that no bigint is made for them. */
function int64Finder(items: readonly Constant[]): Finder {
  const wanted = new Set(items.map(({ value }) => value as bigint));
  const exact = new Set([...wanted].map(Number));
  return ({ column, rows: { sel, count } }, out) => {
    const { values } = columnAs(column(0), "int64");
    const halves = int32Halves(values);
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      const value = exactAt(halves, i);
      out[i] = (Number.isNaN(value) ? wanted.has(values[i]) : exact.has(value)) ? 1 : 0;
    }
  };
}

function findNumbers(
  values: Int32Array,
  wanted: ReadonlySet<number>,
  { out, rows: { sel, count } }: Target<Uint8Array>,
): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = wanted.has(values[i]) ? 1 : 0;
  }
}

function findDoubles(
  values: Float64Array,
  wanted: ReadonlySet<number>,
  { out, rows: { sel, count } }: Target<Uint8Array>,
): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    out[i] = wanted.has(values[i]) ? 1 : 0;
  }
}

/** By length first: few constants share one. */
function textFinder(items: readonly Constant[]): Finder {
  const byLength: Uint8Array[][] = [];
  for (const item of items) {
    const bytes = constantBytes(item);
    byLength[bytes.length] = [...(byLength[bytes.length] ?? []), bytes];
  }
  return (input, out) => findTexts(columnAs(input.column(0), "bytes"), byLength, { out, rows: input.rows });
}

function findTexts(
  { offsets, bytes }: BytesColumn,
  byLength: readonly (readonly Uint8Array[] | undefined)[],
  { out, rows: { sel, count } }: Target<Uint8Array>,
): void {
  for (let j = 0; j < count; j++) {
    const i = sel === null ? j : sel[j];
    const from = offsets[i];
    const size = offsets[i + 1] - from;
    const candidates = size < byLength.length ? byLength[size] : undefined;
    if (candidates === undefined) continue;
    for (const wanted of candidates) {
      let k = size;
      while (k > 0 && bytes[from + k - 1] === wanted[k - 1]) k--;
      if (k > 0) continue;
      out[i] = 1;
      break;
    }
  }
}
