import { allocateBytes, allocateFloat64, allocateInt32, allocateInt64 } from "../columnar/buffers.js";
import type { Column } from "../columnar/column.js";
import type { DataType } from "../types/data-type.js";
import { readBytesColumn } from "./parquet-bytes.js";
import {
  type ColumnPages,
  type DataPage,
  type PageSource,
  type PagesRequest,
  readPages,
  validityOf,
} from "./parquet-pages.js";
import type { PageValues, ParquetLibrary } from "./parquet-port.js";

/** A flat column of one row group, values copied page by page into one typed array; text keeps its dictionary. */
export function readFlatColumn(
  library: ParquetLibrary,
  bytes: ArrayBuffer,
  request: PagesRequest & { type: DataType },
): Column {
  const pages = readPages(library, bytes, request);
  const { type } = request;
  if (type.kind === "utf8" || type.kind === "binary") return readBytesColumn(library, pages, { ...request, type });
  return readFixedColumn(library, pages, request);
}

type FixedArray = Uint8Array | Int32Array | BigInt64Array | Float64Array;

function readFixedColumn(
  library: ParquetLibrary,
  { dictionary, pages }: ColumnPages,
  request: PagesRequest & { type: DataType },
): Column {
  const { type, element, rows } = request;
  const values = allocateFor(type, rows);
  const validity = validityOf(pages, rows);
  const decode = converter(request);
  const kind = { physical: element.physical ?? "INT32", typeLength: element.typeLength };
  const plain = (source: PageSource, count: number): FixedArray =>
    decode(library.readValues(source.cursor, { ...kind, encoding: source.encoding, count }));
  const words = dictionary === null ? null : plain({ cursor: dictionary.cursor, encoding: "PLAIN" }, dictionary.count);
  let row = 0;
  for (const page of pages) {
    if ("ids" in page.values) gather(values, row, { page, ids: page.values.ids, words: words ?? allocateFor(type, 0) });
    else scatter(values, row, { page, source: plain(page.values.plain, page.valueCount) });
    row += page.rows;
  }
  return columnOf(type, values, { length: rows, ...validity });
}

function allocateFor(type: DataType, rows: number): FixedArray {
  switch (type.kind) {
    case "bool":
      return allocateBytes(rows);
    case "int32":
    case "date":
      return allocateInt32(rows);
    case "float64":
      return allocateFloat64(rows);
    default:
      return allocateInt64(rows);
  }
}

/** Values of a page to their rows. */
function scatter(out: FixedArray, from: number, { page, source }: { page: DataPage; source: FixedArray }): void {
  if (page.present === null) {
    setAll(out, source, from);
    return;
  }
  let next = 0;
  for (let i = 0; i < page.rows; i++) if (page.present[i] === 1) copyValue(out, from + i, { source, index: next++ });
}

/** Dictionary words of a page to their rows. One loop per class of array, so that each stays fast. */
function gather(out: FixedArray, from: number, input: { page: DataPage; ids: Int32Array; words: FixedArray }): void {
  const { page, ids, words } = input;
  const { present } = page;
  if (present === null && out instanceof BigInt64Array && words instanceof BigInt64Array)
    gatherInt64(out, from, { ids, words });
  else if (present === null && out instanceof Int32Array && words instanceof Int32Array)
    gatherInt32(out, from, { ids, words });
  else if (present === null && out instanceof Float64Array && words instanceof Float64Array)
    gatherFloat64(out, from, { ids, words });
  else {
    let next = 0;
    for (let i = 0; i < page.rows; i++) {
      if (present === null || present[i] === 1) copyValue(out, from + i, { source: words, index: ids[next++] });
    }
  }
}

/** Copies halves: no bigint is made. */
function gatherInt64(
  out: BigInt64Array,
  from: number,
  { ids, words }: { ids: Int32Array; words: BigInt64Array },
): void {
  const to = new Int32Array(out.buffer, out.byteOffset + 8 * from, 2 * ids.length);
  const halves = new Int32Array(words.buffer, words.byteOffset, 2 * words.length);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    to[2 * i] = halves[2 * id];
    to[2 * i + 1] = halves[2 * id + 1];
  }
}

function gatherInt32(out: Int32Array, from: number, { ids, words }: { ids: Int32Array; words: Int32Array }): void {
  for (let i = 0; i < ids.length; i++) out[from + i] = words[ids[i]];
}

function gatherFloat64(
  out: Float64Array,
  from: number,
  { ids, words }: { ids: Int32Array; words: Float64Array },
): void {
  for (let i = 0; i < ids.length; i++) out[from + i] = words[ids[i]];
}

function setAll(out: FixedArray, source: FixedArray, at: number): void {
  if (out instanceof BigInt64Array) {
    if (source instanceof BigInt64Array) out.set(source, at);
  } else if (!(source instanceof BigInt64Array)) out.set(source, at);
}

function copyValue(out: FixedArray, at: number, { source, index }: { source: FixedArray; index: number }): void {
  if (out instanceof BigInt64Array) {
    if (source instanceof BigInt64Array) out[at] = source[index];
  } else if (!(source instanceof BigInt64Array)) out[at] = source[index];
}

/** From what the library gives to the values of the type; the array itself where nothing has to change. */
function converter({ element, type }: PagesRequest & { type: DataType }): (values: PageValues) => FixedArray {
  const { physical, logical } = element;
  if (physical === "BOOLEAN")
    return (values) => Uint8Array.from(values as readonly boolean[], (value) => (value ? 1 : 0));
  if (physical === "FLOAT") return (values) => Float64Array.from(values as Float32Array);
  if (physical === "INT96") return (values) => BigInt64Array.from(values as readonly bigint[], int96Micros);
  if (physical === "INT32" && type.kind === "int64")
    return (values) => BigInt64Array.from(values as Int32Array as Iterable<never>, unsigned);
  if (type.kind === "timestamp" && logical?.unit === "MILLIS")
    return (values) => (values as BigInt64Array).map((value) => value * 1000n);
  if (type.kind === "timestamp" && logical?.unit === "NANOS")
    return (values) => (values as BigInt64Array).map(nanosToMicros);
  return (values) => (values.length === 0 ? allocateFor(type, 0) : (values as FixedArray));
}

function unsigned(value: number): bigint {
  return BigInt(value >>> 0);
}

/** Rounds towards the past, also before 1970. */
function nanosToMicros(nanos: bigint): bigint {
  return BigInt.asIntN(64, (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n);
}

/** Nanoseconds of the day below, Julian day above; 1970-01-01 is Julian day 2440588. */
function int96Micros(value: bigint): bigint {
  const days = (value >> 64n) - 2440588n;
  return days * 86_400_000_000n + BigInt.asUintN(64, value) / 1000n;
}

function columnOf(type: DataType, values: FixedArray, rows: Pick<Column, "length" | "nullCount" | "validity">): Column {
  if (values instanceof Uint8Array) return { layout: "bool", type, ...rows, values };
  if (values instanceof Int32Array) return { layout: "int32", type, ...rows, values };
  if (values instanceof Float64Array) return { layout: "float64", type, ...rows, values };
  return { layout: "int64", type, ...rows, values };
}
