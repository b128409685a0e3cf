import { allocateBytes, allocateInt32 } from "../columnar/buffers.js";
import type { BytesColumn, Column, DictionaryColumn } from "../columnar/column.js";
import { FormatError } from "../common/millrace-error.js";
import type { DataType } from "../types/data-type.js";
import { type ColumnPages, type DataPage, type PagesRequest, validityOf } from "./parquet-pages.js";
import type { PageCursor, ParquetLibrary } from "./parquet-port.js";
import { isValidUtf8 } from "./utf8.js";

type BytesRequest = PagesRequest & { readonly type: DataType };

/** Text and binary. Where every page refers to the dictionary, text stays dictionary ids; else it is written out. */
export function readBytesColumn(library: ParquetLibrary, pages: ColumnPages, request: BytesRequest): Column {
  const words = pages.dictionary === null ? null : readDictionary(library, pages.dictionary, request);
  const idsOnly = pages.pages.every((page) => "ids" in page.values);
  if (words !== null && idsOnly && request.type.kind === "utf8") return dictionaryColumn(words, pages.pages, request);
  return plainColumn(library, pages.pages, { ...request, words });
}

function readDictionary(
  library: ParquetLibrary,
  dictionary: NonNullable<ColumnPages["dictionary"]>,
  request: BytesRequest,
): BytesColumn {
  const source = { cursor: dictionary.cursor, encoding: "PLAIN" };
  const { count } = dictionary;
  const target = new BytesTarget(count);
  appendPlain(library, target, { source, request, page: { rows: count, present: null, valueCount: count } });
  return target.finish(request, { length: count, nullCount: 0, validity: null });
}

function dictionaryColumn(
  dictionary: BytesColumn,
  pages: readonly DataPage[],
  { rows, type }: BytesRequest,
): DictionaryColumn {
  const indices = allocateInt32(rows);
  let row = 0;
  for (const page of pages) {
    if ("ids" in page.values) placeIds(indices.subarray(row, row + page.rows), page, page.values.ids);
    row += page.rows;
  }
  return { layout: "dictionary", type, length: rows, ...validityOf(pages, rows), indices, dictionary };
}

/** NULL rows get the id 0, which is in range: a page with ids has a dictionary with words, or NULLs only. */
function placeIds(out: Int32Array, page: DataPage, ids: Int32Array): void {
  if (page.present === null) {
    out.set(ids);
    return;
  }
  let next = 0;
  for (let i = 0; i < page.rows; i++) if (page.present[i] === 1) out[i] = ids[next++];
}

function plainColumn(
  library: ParquetLibrary,
  pages: readonly DataPage[],
  request: BytesRequest & { words: BytesColumn | null },
): BytesColumn {
  const target = new BytesTarget(request.rows);
  for (const page of pages) {
    if ("plain" in page.values) appendPlain(library, target, { source: page.values.plain, request, page });
    else appendWords(target, page, { ids: page.values.ids, words: request.words });
  }
  return target.finish(request, { length: request.rows, ...validityOf(pages, request.rows) });
}

type Rows = Pick<DataPage, "rows" | "present" | "valueCount">;

interface PlainPage {
  readonly source: { readonly cursor: PageCursor; readonly encoding: string };
  readonly request: BytesRequest;
  readonly page: Rows;
}

function appendPlain(library: ParquetLibrary, target: BytesTarget, { source, request, page }: PlainPage): void {
  const { element } = request;
  if (source.encoding === "PLAIN" && element.physical === "BYTE_ARRAY") {
    appendLengthPrefixed(target, source.cursor, page);
    return;
  }
  const values = library.readValues(source.cursor, {
    physical: element.physical ?? "BYTE_ARRAY",
    typeLength: element.typeLength,
    encoding: source.encoding,
    count: page.valueCount,
  });
  let next = 0;
  for (let i = 0; i < page.rows; i++) {
    const value = page.present === null || page.present[i] === 1 ? values[next++] : undefined;
    if (value instanceof Uint8Array) target.append(value, 0, value.length);
    else target.appendNothing();
  }
}

/** PLAIN byte arrays: four bytes of length, then the bytes; read without a view object per value. */
function appendLengthPrefixed(target: BytesTarget, { view, offset }: PageCursor, page: Rows): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let at = offset;
  for (let i = 0; i < page.rows; i++) {
    if (page.present !== null && page.present[i] === 0) {
      target.appendNothing();
      continue;
    }
    const length = view.getUint32(at, true);
    at += 4;
    if (at + length > bytes.length)
      throw new FormatError("PARQUET_DAMAGED", "A text value runs over the end of its parquet page.");
    target.append(bytes, at, at + length);
    at += length;
  }
}

function appendWords(
  target: BytesTarget,
  page: Rows,
  { ids, words }: { ids: Int32Array; words: BytesColumn | null },
): void {
  let next = 0;
  for (let i = 0; i < page.rows; i++) {
    if (words === null || (page.present !== null && page.present[i] === 0)) {
      target.appendNothing();
      continue;
    }
    const id = ids[next++];
    target.append(words.bytes, words.offsets[id], words.offsets[id + 1]);
  }
}

class BytesTarget {
  readonly #offsets: Int32Array;
  #bytes = allocateBytes(4096);
  #length = 0;
  #rows = 0;

  constructor(rows: number) {
    this.#offsets = allocateInt32(rows + 1);
  }

  append(source: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (this.#length + length > this.#bytes.length) this.#grow(length);
    const bytes = this.#bytes;
    const at = this.#length;
    if (length > 64) bytes.set(source.subarray(from, to), at);
    else for (let i = 0; i < length; i++) bytes[at + i] = source[from + i];
    this.#length += length;
    this.#offsets[++this.#rows] = this.#length;
  }

  appendNothing(): void {
    this.#offsets[++this.#rows] = this.#length;
  }

  finish({ type, element }: BytesRequest, rows: Pick<Column, "length" | "nullCount" | "validity">): BytesColumn {
    if (type.kind === "utf8" && !isValidUtf8(this.#bytes, 0, this.#length)) {
      throw new FormatError("PARQUET_DAMAGED", `Column '${element.name}' is text, but its bytes are not UTF-8.`);
    }
    return { layout: "bytes", type, ...rows, offsets: this.#offsets, bytes: this.#bytes };
  }

  #grow(length: number): void {
    const larger = allocateBytes(Math.max(2 * this.#bytes.length, this.#length + length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
