import type { Chunk } from "../columnar/chunk.js";
import type { BytesColumn, Column } from "../columnar/column.js";
import { columnFromValues } from "../columnar/column-from-values.js";
import { MillraceError, SourceError } from "../common/millrace-error.js";
import type { Field, Schema } from "../types/data-type.js";
import type { Deserializer } from "./deserializer.js";

/** Which columns of bytes a source hands to whom. */
export type ColumnDeserializers = Readonly<Record<string, Deserializer>>;

/** The columns as they are behind their deserializers: any may be NULL, since what they read may be. */
export function deserializedSchema({ fields }: Schema, by: ColumnDeserializers): Schema {
  return {
    fields: fields.map((field): Field => {
      const deserializer = by[field.name];
      return deserializer === undefined ? field : { name: field.name, type: deserializer.type, nullable: true };
    }),
  };
}

/** A chunk of `schema` (deserializedSchema), from one whose columns are still bytes. */
export async function deserializeColumns(chunk: Chunk, schema: Schema, by: ColumnDeserializers): Promise<Chunk> {
  const columns: Column[] = [];
  for (const [i, field] of schema.fields.entries()) {
    const column = chunk.columns[i];
    const deserializer = by[field.name];
    if (deserializer === undefined) columns.push(column);
    else columns.push(await deserialized(column as BytesColumn, deserializer, { field, partition: chunk.partition }));
  }
  return { ...chunk, schema, columns };
}

async function deserialized(
  column: BytesColumn,
  deserializer: Deserializer,
  { field, partition }: { readonly field: Field; readonly partition: string | null },
): Promise<Column> {
  const place = { column: field.name, partition };
  try {
    const values = await deserializer.deserialize(rowsOf(column), place);
    if (values.length === column.length) return columnFromValues(values, field, { column: field.name, rows: null });
    throw new RangeError(`it gave ${values.length} values for ${column.length} rows`);
  } catch (cause) {
    throw failed(cause, place);
  }
}

function rowsOf({ bytes, offsets, validity, length }: BytesColumn): (Uint8Array | null)[] {
  const rows = new Array<Uint8Array | null>(length);
  for (let row = 0; row < length; row++) {
    rows[row] = validity !== null && validity[row] === 0 ? null : bytes.subarray(offsets[row], offsets[row + 1]);
  }
  return rows;
}

function failed(cause: unknown, { column, partition }: { column: string; partition: string | null }): SourceError {
  const reason = cause instanceof MillraceError ? cause.what : cause instanceof Error ? cause.message : String(cause);
  return new SourceError("DESERIALIZER_FAILED", `The deserializer of column "${column}" failed: ${reason}`, {
    ...(partition === null ? {} : { place: `partition ${partition}` }),
    hint: "Give NULL for a row that cannot be read, or read the column as bytes.",
    cause,
  });
}
