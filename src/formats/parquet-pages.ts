import { allocateBytes, allocateInt32 } from "../columnar/buffers.js";
import { assert } from "../common/assert.js";
import { FormatError } from "../common/millrace-error.js";
import type { PageCursor, PageHeader, ParquetColumnChunk, ParquetElement, ParquetLibrary } from "./parquet-port.js";

/** The values of one data page of a flat column, NULLs left out, and which of its rows have one. */
export interface DataPage {
  readonly rows: number;
  /** One byte per row, 1 = there is a value; null = every row has one. */
  readonly present: Uint8Array | null;
  /** Rows with a value. */
  readonly valueCount: number;
  readonly values: { readonly ids: Int32Array } | { readonly plain: PageSource };
}

/** Values that are decoded later, by who knows their type. `cursor` stands at the first one. */
export interface PageSource {
  readonly cursor: PageCursor;
  readonly encoding: string;
}

export interface ColumnPages {
  /** Cursor at the PLAIN values of the dictionary, and how many there are. */
  readonly dictionary: { readonly cursor: PageCursor; readonly count: number } | null;
  readonly pages: readonly DataPage[];
}

/** Splits the bytes of one flat column chunk into its pages: levels and dictionary ids decoded, values not yet. */
export function readPages(library: ParquetLibrary, bytes: ArrayBuffer, request: PagesRequest): ColumnPages {
  const cursor: PageCursor = { view: new DataView(bytes), offset: 0 };
  const pages: DataPage[] = [];
  let dictionary: ColumnPages["dictionary"] = null;
  let rows = 0;
  while (rows < request.rows && cursor.offset < bytes.byteLength) {
    const header = library.pageHeader(cursor);
    const body = new Uint8Array(bytes, cursor.offset, header.compressedSize);
    cursor.offset += header.compressedSize;
    if (header.kind === "dictionary") {
      const page = library.decompress({ bytes: body, size: header.size, codec: request.chunk.codec });
      dictionary = { cursor: cursorAt(page, 0), count: header.values };
    } else if (header.kind === "data") {
      const page = readDataPage(library, { header, body, request });
      if ("ids" in page.values) requireWords(page.values.ids, dictionary?.count ?? 0);
      rows += page.rows;
      pages.push(page);
    }
  }
  return { dictionary, pages };
}

export interface PagesRequest {
  readonly element: ParquetElement;
  readonly chunk: ParquetColumnChunk;
  /** Rows of the row group. */
  readonly rows: number;
}

interface RawPage {
  readonly header: Extract<PageHeader, { kind: "data" }>;
  readonly body: Uint8Array;
  readonly request: PagesRequest;
}

function readDataPage(library: ParquetLibrary, raw: RawPage): DataPage {
  const { header, request } = raw;
  const rows = header.values;
  const { cursor, levels } = openPage(library, raw);
  const present = request.element.repetition === "REQUIRED" ? null : readPresent(library, levels, rows);
  const valueCount = present === null ? rows : countSet(present);
  const isDictionary = header.encoding === "PLAIN_DICTIONARY" || header.encoding === "RLE_DICTIONARY";
  const values = isDictionary
    ? { ids: readIds(library, cursor, valueCount) }
    : { plain: { cursor, encoding: header.encoding } };
  return { rows, present: valueCount === rows ? null : present, valueCount, values };
}

/** Validity of the whole column from its pages; a page without NULLs has no flags of its own. */
export function validityOf(
  pages: readonly DataPage[],
  rows: number,
): { nullCount: number; validity: Uint8Array | null } {
  const nullCount = pages.reduce((sum, page) => sum + page.rows - page.valueCount, 0);
  if (nullCount === 0) return { nullCount, validity: null };
  const validity = allocateBytes(rows);
  let row = 0;
  for (const page of pages) {
    if (page.present === null) validity.fill(1, row, row + page.rows);
    else validity.set(page.present, row);
    row += page.rows;
  }
  return { nullCount, validity };
}

interface Levels {
  readonly cursor: PageCursor;
  /** Bytes of the definition levels; undefined where the data itself begins with them. */
  readonly length: number | undefined;
}

/** Decompresses; the returned cursor stands at the values once the levels have been read. */
function openPage(library: ParquetLibrary, { header, body, request }: RawPage): { cursor: PageCursor; levels: Levels } {
  const { codec } = request.chunk;
  if (header.levels === null) {
    const cursor = cursorAt(library.decompress({ bytes: body, size: header.size, codec }), 0);
    return { cursor, levels: { cursor, length: undefined } };
  }
  const { repetitionBytes, definitionBytes, isCompressed } = header.levels;
  const levels = { cursor: cursorAt(body, repetitionBytes), length: definitionBytes };
  const rest = body.subarray(repetitionBytes + definitionBytes);
  const size = header.size - repetitionBytes - definitionBytes;
  const values = isCompressed ? library.decompress({ bytes: rest, size, codec }) : rest;
  return { cursor: cursorAt(values, 0), levels };
}

function readPresent(library: ParquetLibrary, { cursor, length }: Levels, rows: number): Uint8Array {
  const present = allocateBytes(rows);
  library.readHybrid(cursor, { bitWidth: 1, length }, present);
  return present;
}

/** Everything behind this file trusts ids. */
function requireWords(ids: Int32Array, count: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (id < 0 || id >= count)
      throw new FormatError("PARQUET_DAMAGED", "A parquet page refers to a word that its dictionary lacks.");
  }
}

/** Ids of a dictionary: a byte with their width, then the ids to the end of the page. */
function readIds(library: ParquetLibrary, cursor: PageCursor, count: number): Int32Array {
  const ids = allocateInt32(count);
  if (count === 0) return ids;
  const bitWidth = cursor.view.getUint8(cursor.offset++);
  if (bitWidth > 0) library.readHybrid(cursor, { bitWidth, length: cursor.view.byteLength - cursor.offset }, ids);
  return ids;
}

function cursorAt(bytes: Uint8Array, offset: number): PageCursor {
  const { buffer } = bytes;
  assert(buffer instanceof ArrayBuffer, "parquet pages are plain memory");
  return { view: new DataView(buffer, bytes.byteOffset, bytes.byteLength), offset };
}

function countSet(flags: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < flags.length; i++) count += flags[i];
  return count;
}
