import { allocateInt32 } from "../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import type { Column } from "../columnar/column.js";
import { sliceChunk } from "../columnar/slice.js";
import { takeChunk } from "../columnar/take.js";
import { SinkError } from "../common/millrace-error.js";
import { createKeyTable } from "../state/create-key-table.js";
import type { Field, Schema, TypeKind } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { fieldIndex } from "../types/schema.js";
import { partitionSegment } from "./partition-segment.js";

/** The rows of one file, and the directory (of partitions) that it belongs to: `""`, or `day=1/user=ann`. */
export interface PlannedFile {
  readonly directory: string;
  readonly chunks: readonly Chunk[];
  readonly rows: number;
}

export interface FilePlanOptions {
  readonly partitionBy: readonly string[];
  readonly maxRowsPerFile: number | null;
}

const PARTITION_KINDS: readonly TypeKind[] = ["bool", "int32", "int64", "float64", "utf8", "date", "timestamp"];

/**
 * Which rows of a trigger go into which file. Rows of one partition are gathered in memory, so that one file is open at a time,
 * however many partitions there are. Partitions come in the order of their first rows, rows in theirs: the same rows, the same files.
 */
export class FilePlan {
  /** The columns that the files hold: those by which nothing is partitioned. */
  readonly fileSchema: Schema;
  readonly #keys: readonly number[];
  readonly #kept: readonly number[];
  readonly #schema: Schema;
  readonly #maxRows: number;

  /** @throws SinkError PARTITION_COLUMN */
  constructor(schema: Schema, { partitionBy, maxRowsPerFile }: FilePlanOptions) {
    this.#schema = schema;
    this.#keys = partitionBy.map((name) => partitionColumn(schema, name));
    this.#kept = schema.fields.flatMap((_, i) => (this.#keys.includes(i) ? [] : [i]));
    this.#maxRows = maxRowsPerFile ?? Number.POSITIVE_INFINITY;
    this.fileSchema = { fields: this.#kept.map((i) => fieldAt(schema, i)) };
    if (new Set(partitionBy).size < partitionBy.length) throw refusal("A partition column is named twice.");
    if (this.#kept.length === 0) throw refusal("Every column is a partition column: the files would have none.");
  }

  *files(chunks: readonly Chunk[]): Iterable<PlannedFile> {
    for (const [directory, rows] of this.#partitions(chunks)) {
      for (const part of this.#cut(rows)) {
        yield { directory, chunks: part, rows: part.reduce((sum, chunk) => sum + chunk.length, 0) };
      }
    }
  }

  #partitions(chunks: readonly Chunk[]): Iterable<readonly [string, readonly Chunk[]]> {
    const filled = chunks.filter((chunk) => chunk.length > 0);
    if (filled.length === 0) return [];
    if (this.#keys.length === 0) return [["", filled]];
    return this.#grouped(filled);
  }

  #grouped(chunks: readonly Chunk[]): (readonly [string, readonly Chunk[]])[] {
    const table = createKeyTable(
      this.#keys.map((i) => fieldAt(this.#schema, i).type),
      { codegen: false },
    );
    const rowsOf: Chunk[][] = [];
    for (const chunk of chunks) {
      const groups = allocateInt32(chunk.length);
      table.probe(this.#pick(chunk, this.#keys), null, chunk.length, groups);
      const rows = { ...chunk, schema: this.fileSchema, columns: this.#pick(chunk, this.#kept) };
      for (const [group, indices] of rowsByGroup(groups, table.capacity)) {
        rowsOf[group] ??= [];
        rowsOf[group].push(takeChunk(rows, indices, indices.length));
      }
    }
    const keys = table.keysOf(Int32Array.from(rowsOf.keys()), rowsOf.length);
    return rowsOf.map((rows, group) => [this.#directory(keys, group), rows] as const);
  }

  #directory(keys: readonly Column[], group: number): string {
    return this.#keys.map((key, i) => partitionSegment(fieldAt(this.#schema, key).name, keys[i], group)).join("/");
  }

  #pick(chunk: Chunk, ordinals: readonly number[]): readonly Column[] {
    return ordinals.map((i) => chunk.columns[i]);
  }

  /** Chunks by file, none longer than the limit. */
  *#cut(chunks: readonly Chunk[]): Iterable<readonly Chunk[]> {
    let part: Chunk[] = [];
    let room = this.#maxRows;
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length; ) {
        const to = Math.min(chunk.length, from + room, from + CHUNK_ROWS);
        part.push(sliceChunk(chunk, from, to));
        room -= to - from;
        from = to;
        if (room > 0) continue;
        yield part;
        part = [];
        room = this.#maxRows;
      }
    }
    if (part.length > 0) yield part;
  }
}

/** Row numbers by group, in the order of the groups; rows stay in theirs (counting sort). */
function* rowsByGroup(groups: Int32Array, capacity: number): Iterable<readonly [number, Int32Array]> {
  const ends = allocateInt32(capacity + 1);
  for (let i = 0; i < groups.length; i++) ends[groups[i] + 1]++;
  for (let group = 0; group < capacity; group++) ends[group + 1] += ends[group];
  const starts = ends.slice();
  const rows = allocateInt32(groups.length);
  for (let i = 0; i < groups.length; i++) rows[starts[groups[i]]++] = i;
  for (let group = 0; group < capacity; group++) {
    if (ends[group + 1] > ends[group]) yield [group, rows.subarray(ends[group], ends[group + 1])];
  }
}

function partitionColumn(schema: Schema, name: string): number {
  const index = fieldIndex(schema, name);
  if (index < 0) {
    const columns = schema.fields.map((field) => field.name).join(", ");
    throw refusal(`There is no column '${name}' to partition by.`, `Columns: ${columns}.`);
  }
  const { type } = fieldAt(schema, index);
  if (PARTITION_KINDS.includes(type.kind)) return index;
  throw refusal(
    `Files cannot be partitioned by '${name}' of type ${formatType(type)}.`,
    "Partition by a column of plain values: select a member, or cast it to text.",
  );
}

function fieldAt(schema: Schema, index: number): Field {
  return schema.fields[index];
}

function refusal(what: string, hint?: string): SinkError {
  return new SinkError("PARTITION_COLUMN", what, { place: "partitionBy", hint });
}
