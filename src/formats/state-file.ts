import * as arrow from "apache-arrow";
import { fieldToArrow, schemaFromArrow } from "../columnar/arrow-types.js";
import type { Column } from "../columnar/column.js";
import { columnFromArrow } from "../columnar/column-from-arrow.js";
import { concatColumns } from "../columnar/concat.js";
import { gatherPieces, type PieceBuffers } from "../columnar/gather-pieces.js";
import { type IpcStream, ipcPieces } from "../columnar/ipc-bytes.js";
import { nullColumn } from "../columnar/null-column.js";
import { FormatError, MillraceError } from "../common/millrace-error.js";
import type { DataType, Field, Schema } from "../types/data-type.js";
import { parseDdl } from "../types/ddl.js";
import { formatType } from "../types/format-type.js";

/** What one table of one operator's state was, or how it changed, at the end of a batch. */
export interface StateTable {
  /** The operator's name, else its number. */
  readonly operator: string;
  /** The operator as `explain` prints it. */
  readonly title: string;
  readonly table: string;
  readonly kind: "snapshot" | "delta";
  readonly batch: number;
  readonly rows: StateTableRows;
}

/** The rows of a capture (StateRows of `state`), which this folder only carries. */
export interface StateTableRows {
  readonly schema: Schema;
  readonly columns: readonly Column[];
  readonly length: number;
  readonly parts?: readonly RowsPart[];
  /** Small facts beside the rows. */
  readonly values: Readonly<Record<string, string>>;
}

interface RowsPart {
  readonly columns: readonly Column[];
  readonly length: number;
}

const KEY = "millrace.";
const VALUE = `${KEY}value.`;
/** What a column is of that a table has nothing but NULLs in, as DDL, in the metadata of its field. */
const TYPE = `${KEY}type`;
const NOTHING: DataType = { kind: "null" };
const KINDS = ["snapshot", "delta"] as const;
/** The kind of a stream whose rows belong to the table before. Versions that do not know it refuse the file. */
const MORE = "more";

/**
 * The tables as bytes, in pieces to be written one after the other. Each is made when it is asked for, of columns that
 * nobody may have changed by then; with `buffers` it means something until the one after the next is asked for.
 * One plain Arrow IPC stream after the other, one record batch each. Who and what a table is stands in the metadata of its
 * schema: `millrace.operator`, `.title`, `.table`, `.kind`, `.batch` and `.value.<name>`. Where it has several parts, each is
 * a stream, those after the first of the kind "more".
 * A column of NULLs alone, which would take as much room as one of values, has Arrow's type Null and `millrace.type`.
 */
export function encodeStateFile(
  tables: readonly StateTable[],
  buffers: PieceBuffers | null = null,
): Iterable<Uint8Array> {
  return gatherPieces(ipcPieces(tables.flatMap(streamsOf)), buffers);
}

/**
 * The tables that encodeStateFile wrote, in order. Columns are views of `bytes` where they can be, so nobody may change
 * those afterwards.
 * @throws FormatError STATE_FILE_CORRUPT
 */
export function decodeStateFile(bytes: Uint8Array): StateTable[] {
  const tables: StateTable[] = [];
  if (bytes.length === 0) return tables;
  try {
    // Arrow's reader makes typed arrays over the bytes and wants them aligned; Buffers from a pool are not.
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    for (const reader of arrow.RecordBatchReader.readAll(aligned)) {
      const facts = reader.schema.metadata;
      const rows = rowsOf(reader.schema, [...reader]);
      tables.push(facts.get(`${KEY}kind`) === MORE ? withMore(tables.pop(), rows) : tableOf(facts, rows));
    }
  } catch (cause) {
    if (cause instanceof MillraceError && cause.code === "STATE_FILE_CORRUPT") throw cause;
    throw corrupt("it is no sequence of Arrow IPC streams", cause);
  }
  return tables;
}

function streamsOf(table: StateTable): readonly IpcStream[] {
  const { schema, parts } = table.rows;
  return (parts ?? [table.rows]).map((part, index) => {
    const isEmpty = part.columns.map((column, i) => column.layout === "null" && isPlain(schema.fields[i]));
    const fields = schema.fields.map((field, i) => (isEmpty[i] ? nullsField(field) : fieldToArrow(field)));
    const columns = part.columns.map((column, i) => (isEmpty[i] ? nullColumn(NOTHING, part.length) : column));
    return { schema: new arrow.Schema(fields, factsOf(table, index)), batches: [{ columns, length: part.length }] };
  });
}

function factsOf({ rows, ...table }: StateTable, part: number): Map<string, string> {
  return new Map([
    [`${KEY}operator`, table.operator],
    [`${KEY}title`, table.title],
    [`${KEY}table`, table.table],
    [`${KEY}kind`, part === 0 ? table.kind : MORE],
    [`${KEY}batch`, String(table.batch)],
    ...Object.entries(rows.values).map(([name, value]): [string, string] => [VALUE + name, value]),
  ]);
}

/** DDL tells such a type whole. */
function isPlain({ type, nullable }: Field): boolean {
  return nullable && type.kind !== "null" && type.kind !== "list" && type.kind !== "struct";
}

function nullsField({ name, type }: Field): arrow.Field {
  return new arrow.Field(name, new arrow.Null(), true, new Map([[TYPE, formatType(type)]]));
}

function tableOf(facts: ReadonlyMap<string, string>, rows: StateTableRows): StateTable {
  const kind = KINDS.find((each) => each === facts.get(`${KEY}kind`));
  if (kind === undefined) throw corrupt("a table in it is neither snapshot nor delta");
  return {
    operator: required(facts, "operator"),
    title: required(facts, "title"),
    table: required(facts, "table"),
    kind,
    batch: Number(required(facts, "batch")),
    rows,
  };
}

function withMore(table: StateTable | undefined, { columns, length }: StateTableRows): StateTable {
  if (table?.rows.columns.length !== columns.length) throw corrupt("rows in it belong to no table");
  const { rows } = table;
  const joined = rows.columns.map((column, i) => concatColumns([column, columns[i]]));
  return { ...table, rows: { ...rows, columns: joined, length: rows.length + length } };
}

function rowsOf({ fields, metadata }: arrow.Schema, batches: readonly arrow.RecordBatch[]): StateTableRows {
  const schema: Schema = { fields: fields.map(stateField) };
  return {
    schema,
    columns: schema.fields.map((field, i) => columnOf(field, batches, i)),
    length: batches.reduce((sum, batch) => sum + batch.numRows, 0),
    values: valuesIn(metadata),
  };
}

/** A key that is always NULL has the type null, which nobody may bring in from outside. */
function stateField(given: arrow.Field): Field {
  if (given.typeId !== arrow.Type.Null) return schemaFromArrow({ fields: [given] }).fields[0];
  const ddl = given.metadata.get(TYPE);
  const type = ddl === undefined ? NOTHING : parseDdl(`value ${ddl}`).fields[0].type;
  return { name: given.name, type, nullable: true };
}

function columnOf({ name, type }: Field, batches: readonly arrow.RecordBatch[], index: number): Column {
  const columns = batches.map(({ data }) => {
    const child = data.children[index];
    return child.typeId === arrow.Type.Null ? nullColumn(type, data.length) : columnFromArrow(child, type, name);
  });
  if (columns.length === 0) return nullColumn(type, 0);
  return columns.length === 1 ? columns[0] : concatColumns(columns);
}

function required(facts: ReadonlyMap<string, string>, name: string): string {
  const value = facts.get(KEY + name);
  if (value === undefined) throw corrupt(`a table in it lacks ${KEY}${name}`);
  return value;
}

function valuesIn(facts: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const values = [...facts].filter(([name]) => name.startsWith(VALUE));
  return Object.fromEntries(values.map(([name, value]) => [name.slice(VALUE.length), value]));
}

function corrupt(reason: string, cause?: unknown): FormatError {
  return new FormatError("STATE_FILE_CORRUPT", `This is no state file: ${reason}.`, { cause });
}
