import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import type { Column } from "../columnar/column.js";
import { columnBuilder } from "../columnar/column-builder.js";
import { nullColumn } from "../columnar/null-column.js";
import { sliceColumn } from "../columnar/slice.js";
import { assert } from "../common/assert.js";
import type { FileInfo, FileSystem } from "../common/file-system.js";
import { FormatError } from "../common/millrace-error.js";
import type { Field, Schema } from "../types/data-type.js";
import type { FileFormat, FileReadRequest } from "./file-format.js";
import { fitColumn } from "./fit-column.js";
import { loadHyparquet, packageMissing } from "./hyparquet-adapter.js";
import { readFlatColumn } from "./parquet-column.js";
import type { ParquetElement, ParquetFile, ParquetLibrary, ParquetMetadata } from "./parquet-port.js";
import { parquetSchema, parquetType } from "./parquet-schema.js";

/** Parquet, row group by row group and column by column; only the columns asked for are read. Needs the package hyparquet. */
export const parquetReader: FileFormat = Object.freeze({
  name: "parquet",

  async inferSchema(files, file): Promise<Schema> {
    const { metadata } = await open(files, file);
    return parquetSchema(metadata, file.path);
  },

  async *read(request): AsyncIterable<Chunk> {
    const opened = await open(request.files, request.file);
    let firstRow = 0;
    for (const [index, group] of opened.metadata.rowGroups.entries()) {
      const columns: Column[] = [];
      for (const field of request.schema.fields) {
        if (request.signal.aborted) return;
        columns.push(await readColumn(opened, { request, field, group: { index, firstRow, rows: group.rows } }));
      }
      yield* chunksOf(request, columns, group.rows);
      firstRow += group.rows;
    }
  },
} satisfies FileFormat);

interface OpenedFile {
  readonly library: ParquetLibrary;
  readonly source: ParquetFile;
  readonly metadata: ParquetMetadata;
}

interface ColumnRequest {
  readonly request: FileReadRequest;
  readonly field: Field;
  readonly group: { readonly index: number; readonly firstRow: number; readonly rows: number };
}

async function open(files: FileSystem, file: FileInfo): Promise<OpenedFile> {
  const library = await loadHyparquet();
  const source: ParquetFile = {
    byteLength: file.size,
    slice: async (start, end = file.size) => plainBuffer(await files.readRange(file.path, start, end)),
  };
  try {
    return { library, source, metadata: await library.readMetadata(source) };
  } catch (cause) {
    throw new FormatError("NOT_PARQUET", `${file.path} is not a whole parquet file.`, { cause });
  }
}

async function readColumn(opened: OpenedFile, { request, field, group }: ColumnRequest): Promise<Column> {
  const { library, source, metadata } = opened;
  const element = metadata.columns.find((candidate) => candidate.name === field.name);
  if (element === undefined) return nullColumn(field.type, group.rows);
  if (!isFlat(element)) return readNestedColumn(opened, element, { request, field, group });
  const chunk = metadata.rowGroups[group.index]?.columns.find(
    ({ path }) => path.length === 1 && path[0] === field.name,
  );
  assert(chunk !== undefined, "every row group of a parquet file has every column");
  requireCodec(library, chunk.codec);
  const bytes = await source.slice(chunk.from, chunk.to);
  const type = parquetType(element, request.file.path);
  return fitColumn(
    readFlatColumn(library, bytes, { element, chunk, rows: group.rows, type }),
    field,
    request.file.path,
  );
}

/** Lists and structs go the slow way, value by value. */
async function readNestedColumn(
  opened: OpenedFile,
  element: ParquetElement,
  { request, field, group }: ColumnRequest,
): Promise<Column> {
  const { library, source } = opened;
  const type = parquetType(element, request.file.path);
  const range = { column: field.name, rowStart: group.firstRow, rowEnd: group.firstRow + group.rows };
  const builder = columnBuilder(type, group.rows);
  for (const value of await library.readNested(source, range)) {
    if (value === null || value === undefined) builder.appendNull();
    else builder.append(value);
  }
  return fitColumn(builder.finish(), field, request.file.path);
}

function isFlat(element: ParquetElement): boolean {
  return element.physical !== null && element.repetition !== "REPEATED";
}

function requireCodec(library: ParquetLibrary, codec: string): void {
  if (!library.codecs.includes(codec))
    throw packageMissing("hyparquet-compressors", `Parquet compressed with ${codec}`);
}

function* chunksOf({ schema }: FileReadRequest, columns: readonly Column[], rows: number): Iterable<Chunk> {
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const to = Math.min(from + CHUNK_ROWS, rows);
    const cut = columns.map((column) => sliceColumn(column, from, to));
    yield { schema, columns: cut, length: to - from, sel: null, weights: null, partition: null, rowBounds: null };
  }
}

/** The library wants whole ArrayBuffers. */
function plainBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  const copy = new ArrayBuffer(byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
