import * as arrow from "apache-arrow";
import { fieldToArrow, schemaFromArrow } from "../columnar/arrow-types.js";
import type { Column } from "../columnar/column.js";
import { columnFromArrow } from "../columnar/column-from-arrow.js";
import { concatColumns } from "../columnar/concat.js";
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
  /** Small facts beside the rows. */
  readonly values: Readonly<Record<string, string>>;
}

const KEY = "millrace.";
const VALUE = `${KEY}value.`;
/** What a column is of that a table has nothing but NULLs in, as DDL, in the metadata of its field. */
const TYPE = `${KEY}type`;
const NOTHING: DataType = { kind: "null" };
const KINDS = ["snapshot", "delta"] as const;

/**
 * The tables as bytes, in pieces to be written one after the other. Each is made when it is asked for, of columns that
 * nobody may have changed by then. One plain Arrow IPC stream after the other, one record batch each. Who and what a table
 * is stands in the metadata of its schema: `millrace.operator`, `.title`, `.table`, `.kind`, `.batch` and `.value.<name>`.
 * A column of NULLs alone, which would take as much room as one of values, has Arrow's type Null and `millrace.type`.
 */
export function encodeStateFile(tables: readonly StateTable[]): Iterable<Uint8Array> {
  return ipcPieces(tables.map(streamOf));
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
    for (const reader of arrow.RecordBatchReader.readAll(aligned)) tables.push(tableOf(reader.schema, [...reader]));
  } catch (cause) {
    if (cause instanceof MillraceError && cause.code === "STATE_FILE_CORRUPT") throw cause;
    throw corrupt("it is no sequence of Arrow IPC streams", cause);
  }
  return tables;
}

function streamOf({ rows, ...table }: StateTable): IpcStream {
  const metadata = new Map([
    [`${KEY}operator`, table.operator],
    [`${KEY}title`, table.title],
    [`${KEY}table`, table.table],
    [`${KEY}kind`, table.kind],
    [`${KEY}batch`, String(table.batch)],
    ...Object.entries(rows.values).map(([name, value]): [string, string] => [VALUE + name, value]),
  ]);
  const isEmpty = rows.columns.map((column, i) => column.layout === "null" && isPlain(rows.schema.fields[i]));
  const fields = rows.schema.fields.map((field, i) => (isEmpty[i] ? nullsField(field) : fieldToArrow(field)));
  const columns = rows.columns.map((column, i) => (isEmpty[i] ? nullColumn(NOTHING, rows.length) : column));
  return { schema: new arrow.Schema(fields, metadata), batches: [{ columns, length: rows.length }] };
}

/** DDL tells such a type whole. */
function isPlain({ type, nullable }: Field): boolean {
  return nullable && type.kind !== "null" && type.kind !== "list" && type.kind !== "struct";
}

function nullsField({ name, type }: Field): arrow.Field {
  return new arrow.Field(name, new arrow.Null(), true, new Map([[TYPE, formatType(type)]]));
}

function tableOf(arrowSchema: arrow.Schema, batches: readonly arrow.RecordBatch[]): StateTable {
  const facts = arrowSchema.metadata;
  const kind = KINDS.find((each) => each === facts.get(`${KEY}kind`));
  if (kind === undefined) throw corrupt("a table in it is neither snapshot nor delta");
  const schema: Schema = { fields: arrowSchema.fields.map(stateField) };
  const columns = schema.fields.map((field, i) => columnOf(field, batches, i));
  return {
    operator: required(facts, "operator"),
    title: required(facts, "title"),
    table: required(facts, "table"),
    kind,
    batch: Number(required(facts, "batch")),
    rows: {
      schema,
      columns,
      length: batches.reduce((sum, batch) => sum + batch.numRows, 0),
      values: valuesIn(facts),
    },
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
