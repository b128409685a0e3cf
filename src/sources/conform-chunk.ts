import type { Chunk } from "../columnar/chunk.js";
import { SourceError } from "../common/millrace-error.js";
import type { Field, Schema } from "../types/data-type.js";
import { formatType } from "../types/format-type.js";
import { sameType } from "../types/same-type.js";
import { fieldIndex } from "../types/schema.js";

/** The chunk with the columns of `schema`, in its order; columns are matched by name and must have the very type. */
export function conformChunk(chunk: Chunk, schema: Schema, where: string): Chunk {
  const extra = chunk.schema.fields.find((field) => fieldIndex(schema, field.name) < 0);
  if (extra !== undefined) throw mismatch(`${where} has no column '${extra.name}', but the data does`);
  const columns = schema.fields.map((field) => {
    const index = fieldIndex(chunk.schema, field.name);
    const column = chunk.columns[index];
    const given = chunk.schema.fields[index];
    if (column === undefined || given === undefined) throw mismatch(`the data has no column '${field.name}'`);
    requireFit(field, given, { nullCount: column.nullCount, where });
    return column;
  });
  return { ...chunk, schema, columns };
}

function requireFit(wanted: Field, given: Field, data: { nullCount: number; where: string }): void {
  if (!sameType(wanted.type, given.type)) {
    const types = `${formatType(wanted.type)} in ${data.where} and ${formatType(given.type)} in the data`;
    throw mismatch(`column '${wanted.name}' is ${types}`);
  }
  if (!wanted.nullable && data.nullCount > 0) {
    throw mismatch(
      `column '${wanted.name}' of ${data.where} may not be NULL, but the data has ${data.nullCount} NULLs`,
    );
  }
}

function mismatch(what: string): SourceError {
  return new SourceError("SCHEMA_MISMATCH", `${what[0]?.toUpperCase()}${what.slice(1)}.`, {
    hint: "Give data with the columns and types of the declared schema.",
  });
}
