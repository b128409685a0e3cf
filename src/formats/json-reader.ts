import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { FormatError } from "../common/millrace-error.js";
import type { Field, Schema } from "../types/data-type.js";
import { JsonColumn } from "./json-column.js";
import { JsonCursor } from "./json-cursor.js";
import { JsonValueReader } from "./json-value-reader.js";
import { repairedUtf8 } from "./utf8.js";

/** permissive: a value that does not fit is NULL, a record that is no JSON is all NULL. dropmalformed: such records are left out. failfast: an error. */
export type JsonMode = "permissive" | "dropmalformed" | "failfast";

export interface JsonReaderOptions {
  readonly mode: JsonMode;
  /** A utf8 column of the schema that gets the text of malformed records (permissive only). */
  readonly corruptColumn?: string;
}

const NEWLINE = 10;
const decoder = new TextDecoder();

/**
 * JSON lines -> chunks of a schema, byte by byte: no string and no object per row. Fields that the schema does not name are skipped,
 * fields that a record lacks are NULL. Nullability is not checked: read with a schema whose fields are nullable.
 */
export class JsonColumnsReader {
  readonly schema: Schema;
  readonly #mode: JsonMode;
  /** Index of the corrupt column among the fields; -1 when there is none. */
  readonly #corruptIndex: number;
  readonly #cursor = new JsonCursor();
  readonly #values = new JsonValueReader(this.#cursor);
  #root: JsonColumn | null = null;
  #previous: JsonColumn | null = null;
  #rows = 0;
  #malformed = 0;

  constructor(schema: Schema, options: JsonReaderOptions) {
    this.schema = schema;
    this.#mode = options.mode;
    this.#corruptIndex = corruptIndexOf(schema, options.corruptColumn);
    this.#cursor.lines = true;
  }

  /** Records so far that were not JSON, or had a value that does not fit. */
  get malformed(): number {
    return this.#malformed;
  }

  /** Reads all records of `bytes`, which holds whole lines, giving chunks of CHUNK_ROWS as they are full. */
  *readLines(bytes: Uint8Array): Iterable<Chunk> {
    const cursor = this.#cursor;
    cursor.use(bytes, 0, bytes.length);
    for (;;) {
      this.#skipBlankLines();
      if (cursor.pos >= cursor.end) return;
      this.#readRecord();
      if (this.#rows === CHUNK_ROWS) yield this.#takeChunk();
    }
  }

  /** The rows that fill no chunk; null when there are none. */
  finish(): Chunk | null {
    return this.#rows === 0 ? null : this.#takeChunk();
  }

  #skipBlankLines(): void {
    const cursor = this.#cursor;
    while (cursor.peek() === NEWLINE) cursor.pos++;
  }

  #readRecord(): void {
    const cursor = this.#cursor;
    const from = cursor.pos;
    const row = this.#rows;
    const root = this.#columns();
    this.#values.mismatch = false;
    const isJson = cursor.peek() === 123 && this.#values.object(root, row) && this.#atLineEnd();
    if (isJson && !this.#values.mismatch) {
      this.#rows++;
      return;
    }
    const to = endOfLine(cursor, from);
    this.#malformed++;
    if (this.#mode === "failfast") throw malformedRecord(cursor.bytes.subarray(from, to));
    cursor.depth = 0;
    if (this.#mode === "dropmalformed") return;
    if (!isJson) for (const child of root.children) child.validity[row] = 0;
    const corrupt = root.children[this.#corruptIndex];
    if (corrupt !== undefined) this.#values.writeText(corrupt, row, repairedUtf8(cursor.bytes.subarray(from, to)));
    this.#rows++;
  }

  #atLineEnd(): boolean {
    const byte = this.#cursor.peek();
    return byte === -1 || byte === NEWLINE;
  }

  #columns(): JsonColumn {
    if (this.#root === null) {
      const fields = this.schema.fields.map((field, i) => (i === this.#corruptIndex ? hidden(field) : field));
      this.#root = new JsonColumn({ kind: "struct", fields }, "record", this.#previous);
      this.#root.grow(CHUNK_ROWS);
    }
    return this.#root;
  }

  #takeChunk(): Chunk {
    const length = this.#rows;
    const columns = this.#columns().children.map((column) => column.finish(length));
    this.#previous = this.#root;
    this.#root = null;
    this.#rows = 0;
    return { schema: this.schema, columns, length, sel: null, weights: null, partition: null, rowBounds: null };
  }
}

/** The corrupt column is filled by the reader, not by a member of the record that happens to have its name. */
function hidden(field: Field): Field {
  return { ...field, name: "\u0000corrupt" };
}

function corruptIndexOf(schema: Schema, name: string | undefined): number {
  if (name === undefined) return -1;
  const index = schema.fields.findIndex((field) => field.name === name);
  if (index >= 0 && schema.fields[index]?.type.kind !== "utf8") {
    throw new FormatError(
      "CORRUPT_COLUMN_TYPE",
      `Column '${name}' gets the text of malformed records and must be a string.`,
    );
  }
  return index;
}

/** The end of the line that begins at `from`; the cursor moves there. */
function endOfLine(cursor: JsonCursor, from: number): number {
  const at = cursor.bytes.indexOf(NEWLINE, from);
  cursor.pos = at < 0 || at > cursor.end ? cursor.end : at;
  return cursor.pos;
}

function malformedRecord(record: Uint8Array): FormatError {
  const shown = decoder.decode(record.subarray(0, 200));
  return new FormatError("MALFORMED_RECORD", `A record is not JSON of the schema: ${shown}`, {
    hint: "Read with mode 'permissive' or 'dropmalformed' to go on without it.",
  });
}
