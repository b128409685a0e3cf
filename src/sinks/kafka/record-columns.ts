import { SinkError } from "../../common/millrace-error.js";
import type { DataType, Field, Schema } from "../../types/data-type.js";
import { formatType } from "../../types/format-type.js";
import type { SinkShape } from "../sink.js";

/** By part of a record: the ordinal of the column that holds it; null where there is none. */
export interface RecordColumns {
  readonly key: number | null;
  readonly value: number;
  readonly topic: number | null;
  readonly partition: number | null;
  readonly headers: number | null;
  readonly timestamp: number | null;
}

type RecordPart = keyof RecordColumns;

const HEADERS = "array<struct<key: string, value: binary>>";
const VALUE_HINT = 'Make one of the columns: select(toJson(struct("*")).as("value")).';

const PARTS: { readonly [P in RecordPart]: { readonly wanted: string; readonly takes: (type: DataType) => boolean } } =
  {
    key: { wanted: "string or binary", takes: isBytes },
    value: { wanted: "string or binary", takes: isBytes },
    topic: { wanted: "string", takes: ({ kind }) => kind === "utf8" },
    partition: { wanted: "int", takes: ({ kind }) => kind === "int32" },
    headers: { wanted: HEADERS, takes: isHeaders },
    timestamp: { wanted: "timestamp", takes: (type) => type.kind === "timestamp" && type.zone !== null },
  };

/** What a record can be made of, in words. */
const KNOWN = Object.keys(PARTS).join(", ");

/**
 * Which column is which part of a record.
 * @throws SinkError SINK_COLUMNS for a schema that records cannot be made of
 */
export function recordColumnsOf(schema: Schema, hasTopic: boolean): RecordColumns {
  const { fields } = schema;
  const ordinal = (name: RecordPart): number | null => {
    const at = fields.findIndex((field) => field.name === name);
    return at < 0 ? null : at;
  };
  const value = ordinal("value");
  if (value === null) throw refused("The rows have no column 'value'", `${VALUE_HINT} Columns: ${namesOf(fields)}.`);
  for (const field of fields) requireRecordPart(field);
  const topic = ordinal("topic");
  if (topic === null && !hasTopic) {
    throw refused("Nothing says which topic the rows go to", 'Set the option "topic", or select a column "topic".');
  }
  return {
    key: ordinal("key"),
    value,
    topic,
    partition: ordinal("partition"),
    headers: ordinal("headers"),
    timestamp: ordinal("timestamp"),
  };
}

/**
 * Update mode: a record replaces the one before it under its key, so the key must be there, and tell the rows apart; a
 * tombstone must get to where its row went, by what is left of a deleted row.
 * @throws SinkError SINK_COLUMNS
 */
export function requireUpdatable(shape: SinkShape, columns: RecordColumns): void {
  if (shape.insertOnly) return;
  if (columns.key === null) {
    throw refused("Update mode replaces rows under their key, and there is no column 'key'", keyHint(shape));
  }
  if (!shape.deletes) return;
  const own: readonly (number | null)[] = [columns.key, columns.topic, columns.partition];
  const isWhole = shape.key?.includes(columns.key) === true && shape.key.every((ordinal) => own.includes(ordinal));
  if (!isWhole) throw refused("This query deletes rows, and its key is not the column 'key'", keyHint(shape));
  for (const part of ["topic", "partition"] as const) {
    const ordinal = columns[part];
    if (ordinal === null || shape.key?.includes(ordinal) === true) continue;
    throw refused(
      `This query deletes rows, and nothing tells the ${part} of a deleted row: '${part}' is no column of its key`,
      `Leave '${part}' out.`,
    );
  }
}

function requireRecordPart({ name, type }: Field): void {
  if (!isRecordPart(name)) {
    throw refused(
      `A record has no place for the column '${name}'`,
      `select(...) what a record has: ${KNOWN}. All columns as its value: select(toJson(struct("*")).as("value")).`,
    );
  }
  const { wanted, takes } = PARTS[name];
  if (takes(type)) return;
  const bytes = `Use col("${name}").cast("string"), or toJson(col("${name}")) for what has members.`;
  throw refused(
    `The column '${name}' is ${formatType(type)}`,
    name === "key" || name === "value" ? bytes : `It must be ${wanted}.`,
  );
}

function isRecordPart(name: string): name is RecordPart {
  return Object.hasOwn(PARTS, name);
}

function isBytes({ kind }: DataType): boolean {
  return kind === "utf8" || kind === "binary";
}

function isHeaders(type: DataType): boolean {
  if (type.kind !== "list" || type.element.kind !== "struct") return false;
  const [key, value, ...others] = type.element.fields;
  if (key?.name !== "key" || value?.name !== "value" || others.length > 0) return false;
  return key.type.kind === "utf8" && isBytes(value.type);
}

function namesOf(fields: readonly Field[]): string {
  return fields.map(({ name }) => name).join(", ");
}

function keyHint({ schema, key }: SinkShape): string {
  const names = (key ?? []).map((ordinal) => schema.fields[ordinal]?.name ?? "");
  const of = names.length === 0 ? "what the rows are grouped by" : names.join(", ");
  return `Select the key as a column of its own, unchanged (${of}): select(col("user").as("key"), ...); or use outputMode("append") with a watermark.`;
}

function refused(what: string, hint: string): SinkError {
  return new SinkError("SINK_COLUMNS", `${what}.`, { place: "sink kafka", hint });
}
