/** What this package needs of a parquet library: the footer, and the codecs of pages. Everything between is ours. */
export interface ParquetLibrary {
  /** Codecs that `decompress` knows. */
  readonly codecs: readonly string[];
  readMetadata(file: ParquetFile): Promise<ParquetMetadata>;
  /** The header at the cursor, which moves behind it. */
  pageHeader(cursor: PageCursor): PageHeader;
  decompress(page: CompressedPage): Uint8Array;
  /** Run-length and bit-packed integers; length: their bytes, or undefined where 4 bytes at the cursor say it. Fills `out`. */
  readHybrid(
    cursor: PageCursor,
    request: { readonly bitWidth: number; readonly length: number | undefined },
    out: Int32Array | Uint8Array,
  ): void;
  /** The values of a data page in any encoding but dictionary ids. */
  readValues(cursor: PageCursor, request: ValuesRequest): PageValues;
  /** A whole top-level column of lists or structs, one value per row of a row group. Slow: values are JavaScript objects. */
  readNested(file: ParquetFile, request: NestedRequest): Promise<readonly unknown[]>;
}

/** What this package needs of a library to write parquet. */
export interface ParquetWriterLibrary {
  newFile(columns: readonly ParquetElement[]): ParquetNewFile;
}

/** A file that is being made, in memory. */
export interface ParquetNewFile {
  /** One entry per column, all of one length: NULL is null, text bytes or text, lists arrays, structs objects. */
  addRowGroup(columns: readonly ParquetValues[]): void;
  /** The bytes of the whole file. */
  finish(): Uint8Array;
}

export type ParquetValues = Int32Array | BigInt64Array | Float64Array | readonly unknown[];

export interface ParquetFile {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

export interface PageCursor {
  view: DataView<ArrayBuffer>;
  offset: number;
}

export interface CompressedPage {
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly codec: string;
}

export interface ValuesRequest {
  readonly physical: PhysicalType;
  readonly typeLength: number | undefined;
  readonly encoding: string;
  readonly count: number;
}

export type PageValues =
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | readonly (boolean | bigint | Uint8Array)[];

export interface NestedRequest {
  readonly column: string;
  readonly rowStart: number;
  readonly rowEnd: number;
}

export type PhysicalType =
  | "BOOLEAN"
  | "INT32"
  | "INT64"
  | "INT96"
  | "FLOAT"
  | "DOUBLE"
  | "BYTE_ARRAY"
  | "FIXED_LEN_BYTE_ARRAY";

/** One node of the file's schema; `physical` is null for groups. */
export interface ParquetElement {
  readonly name: string;
  readonly repetition: "REQUIRED" | "OPTIONAL" | "REPEATED";
  readonly physical: PhysicalType | null;
  readonly typeLength: number | undefined;
  /** What the values mean, e.g. STRING, TIMESTAMP, LIST; null when the file does not say. */
  readonly logical: LogicalType | null;
  readonly children: readonly ParquetElement[];
}

export interface LogicalType {
  readonly name: string;
  readonly unit?: "MILLIS" | "MICROS" | "NANOS";
  readonly isAdjustedToUtc?: boolean;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
}

export interface ParquetMetadata {
  readonly columns: readonly ParquetElement[];
  readonly rowGroups: readonly { readonly rows: number; readonly columns: readonly ParquetColumnChunk[] }[];
}

/** A leaf column's bytes [from, to) within one row group. */
export interface ParquetColumnChunk {
  readonly path: readonly string[];
  readonly codec: string;
  readonly from: number;
  readonly to: number;
}

export type PageHeader =
  | { readonly kind: "dictionary"; readonly size: number; readonly compressedSize: number; readonly values: number }
  | {
      readonly kind: "data";
      readonly size: number;
      readonly compressedSize: number;
      readonly values: number;
      readonly encoding: string;
      /** Version 2 keeps the levels outside the compressed part; null in version 1. */
      readonly levels: {
        readonly repetitionBytes: number;
        readonly definitionBytes: number;
        readonly isCompressed: boolean;
      } | null;
    }
  | { readonly kind: "other"; readonly size: number; readonly compressedSize: number };
