import type {
  CompressionCodec,
  Compressors,
  ConvertedType,
  DecodedArray,
  FileMetaData,
  ParquetType,
  SchemaTree,
} from "hyparquet";
import { assert } from "../common/assert.js";
import { FormatError } from "../common/millrace-error.js";
import type {
  LogicalType,
  NestedRequest,
  PageCursor,
  PageHeader,
  PageValues,
  ParquetColumnChunk,
  ParquetElement,
  ParquetFile,
  ParquetLibrary,
  ParquetMetadata,
  ValuesRequest,
} from "./parquet-port.js";

type Parts = Awaited<ReturnType<typeof importParts>>;

let loading: Promise<ParquetLibrary> | null = null;

/** The optional packages hyparquet and hyparquet-compressors behind the parquet port, loaded when parquet is first read. */
export function loadHyparquet(): Promise<ParquetLibrary> {
  loading ??= load();
  return loading;
}

async function load(): Promise<ParquetLibrary> {
  try {
    return libraryOf(await importParts(), await importCompressors());
  } catch (error) {
    loading = null;
    throw error;
  }
}

async function importParts() {
  try {
    const [main, column, datapage, encoding, plain, delta] = await Promise.all([
      import("hyparquet"),
      import("hyparquet/src/column.js"),
      import("hyparquet/src/datapage.js"),
      import("hyparquet/src/encoding.js"),
      import("hyparquet/src/plain.js"),
      import("hyparquet/src/delta.js"),
    ]);
    return { ...main, ...column, ...datapage, ...encoding, ...plain, ...delta };
  } catch (cause) {
    throw packageMissing("hyparquet", "Reading parquet files", cause);
  }
}

/** Without the package, what hyparquet decodes itself still works; another codec is refused by name when a file uses it. */
async function importCompressors(): Promise<Compressors> {
  try {
    return (await import("hyparquet-compressors")).compressors as Compressors;
  } catch {
    return {};
  }
}

/** The package to install for something optional. */
export function packageMissing(name: string, purpose: string, cause?: unknown): FormatError {
  return new FormatError("PACKAGE_MISSING", `${purpose} needs the package '${name}', which is not installed.`, {
    hint: `Install it: npm install ${name}`,
    cause,
  });
}

function libraryOf(parts: Parts, compressors: Compressors): ParquetLibrary {
  return {
    codecs: ["UNCOMPRESSED", "SNAPPY", ...Object.keys(compressors)],
    readMetadata: async (file) => metadataOf(await parts.parquetMetadataAsync(file), parts),
    pageHeader: (cursor) => pageHeaderOf(parts, cursor),
    decompress: ({ bytes, size, codec }) => parts.decompressPage(bytes, size, codec as CompressionCodec, compressors),
    readHybrid: (cursor, { bitWidth, length }, out) => parts.readRleBitPackedHybrid(cursor, bitWidth, out, length),
    readValues: (cursor, request) => readValues(parts, cursor, request),
    readNested: (file, request) => readNested(parts, file, { ...request, compressors }),
  };
}

function metadataOf(metadata: FileMetaData, parts: Parts): ParquetMetadata {
  return {
    columns: parts.parquetSchema(metadata).children.map(elementOf),
    rowGroups: metadata.row_groups.map((group) => ({
      rows: Number(group.num_rows),
      columns: group.columns.flatMap(({ meta_data: meta }): ParquetColumnChunk[] => {
        if (meta === undefined) return [];
        // Some writers do not name the dictionary page's place; it is then where the data pages are said to begin.
        const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
        return [{ path: meta.path_in_schema, codec: meta.codec, from, to: from + Number(meta.total_compressed_size) }];
      }),
    })),
  };
}

function elementOf({ element, children }: SchemaTree): ParquetElement {
  return {
    name: element.name,
    repetition: element.repetition_type ?? "REQUIRED",
    physical: element.type ?? null,
    typeLength: element.type_length,
    logical: logicalOf(element),
    children: children.map(elementOf),
  };
}

function logicalOf({ logical_type: logical, converted_type: converted }: SchemaTree["element"]): LogicalType | null {
  if (logical?.type === "TIMESTAMP" || logical?.type === "TIME") {
    return { name: logical.type, unit: logical.unit, isAdjustedToUtc: logical.isAdjustedToUTC };
  }
  if (logical?.type === "INTEGER") return { name: "INTEGER", bitWidth: logical.bitWidth, isSigned: logical.isSigned };
  if (logical !== undefined) return { name: logical.type };
  return converted === undefined ? null : (CONVERTED[converted] ?? { name: converted });
}

const integer = (bitWidth: number, isSigned: boolean): LogicalType => ({ name: "INTEGER", bitWidth, isSigned });

/** The older annotations in the newer words. */
const CONVERTED: { readonly [K in ConvertedType]?: LogicalType } = {
  UTF8: { name: "STRING" },
  TIMESTAMP_MILLIS: { name: "TIMESTAMP", unit: "MILLIS", isAdjustedToUtc: true },
  TIMESTAMP_MICROS: { name: "TIMESTAMP", unit: "MICROS", isAdjustedToUtc: true },
  INT_8: integer(8, true),
  INT_16: integer(16, true),
  INT_32: integer(32, true),
  INT_64: integer(64, true),
  UINT_8: integer(8, false),
  UINT_16: integer(16, false),
  UINT_32: integer(32, false),
  UINT_64: integer(64, false),
};

function pageHeaderOf(parts: Parts, cursor: PageCursor): PageHeader {
  const header = parts.parquetHeader(cursor);
  const sizes = { size: header.uncompressed_page_size, compressedSize: header.compressed_page_size };
  const { dictionary_page_header: dictionary, data_page_header: v1, data_page_header_v2: v2 } = header;
  if (dictionary !== undefined) return { kind: "dictionary", ...sizes, values: dictionary.num_values };
  if (v1 !== undefined) return { kind: "data", ...sizes, values: v1.num_values, encoding: v1.encoding, levels: null };
  if (v2 === undefined) return { kind: "other", ...sizes };
  const levels = {
    repetitionBytes: v2.repetition_levels_byte_length,
    definitionBytes: v2.definition_levels_byte_length,
    isCompressed: v2.is_compressed !== false,
  };
  return { kind: "data", ...sizes, values: v2.num_values, encoding: v2.encoding, levels };
}

function readValues(parts: Parts, cursor: PageCursor, request: ValuesRequest): PageValues {
  const { encoding, count, typeLength } = request;
  const physical: ParquetType = request.physical;
  switch (encoding) {
    case "PLAIN":
      return parts.readPlain(cursor, physical, count, typeLength) as PageValues;
    case "RLE": {
      const bits = new Uint8Array(count);
      parts.readRleBitPackedHybrid(cursor, 1, bits);
      return Array.from(bits, (bit) => bit === 1);
    }
    case "DELTA_BINARY_PACKED": {
      const out = physical === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
      parts.deltaBinaryUnpack(cursor, count, out);
      return out;
    }
    case "DELTA_LENGTH_BYTE_ARRAY":
    case "DELTA_BYTE_ARRAY": {
      const out: Uint8Array[] = new Array(count);
      if (encoding === "DELTA_BYTE_ARRAY") parts.deltaByteArray(cursor, count, out);
      else parts.deltaLengthByteArray(cursor, count, out);
      return out;
    }
    case "BYTE_STREAM_SPLIT":
      return parts.byteStreamSplit(cursor, count, physical, typeLength) as PageValues;
    default:
      throw new FormatError("PARQUET_ENCODING", `The parquet encoding ${encoding} is not supported.`);
  }
}

async function readNested(
  parts: Parts,
  file: ParquetFile,
  request: NestedRequest & { compressors: Compressors },
): Promise<readonly unknown[]> {
  const { column, rowStart, rowEnd, compressors } = request;
  let values: DecodedArray | null = null;
  await parts.parquetRead({
    file,
    columns: [column],
    rowStart,
    rowEnd,
    compressors,
    parsers: INTERNAL_VALUES,
    // Bytes without an annotation are binary, at every depth.
    utf8: false,
    rowFormat: "array",
    onComplete: (rows) => {
      values = rows.map((row) => row[0]);
    },
  });
  assert(values !== null, "hyparquet calls onComplete before it resolves");
  return values;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : decoder.decode(bytes);

/** Our internal values (microseconds, days, text) in place of hyparquet's dates and parsed JSON. */
const INTERNAL_VALUES = {
  timestampFromMilliseconds: (millis: bigint) => BigInt(millis) * 1000n,
  timestampFromMicroseconds: (micros: bigint) => BigInt(micros),
  timestampFromNanoseconds: (nanos: bigint) => BigInt(nanos) / 1000n,
  dateFromDays: (days: number) => days,
  stringFromBytes: textOf,
  jsonFromBytes: textOf,
};
