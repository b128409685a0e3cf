import type { BytesColumn } from "../../columnar/column.js";
import { decodeText } from "../../columnar/decode-text.js";
import { SinkError } from "../../common/millrace-error.js";

/** A key in a message is cut here. */
const LONGEST_KEY = 40;

/** Where a row stands that no record can be made of. */
export interface RowPlace {
  /** The sink, and the batch. */
  readonly place: string;
  readonly topic: string | null;
  readonly key: BytesColumn | null;
  readonly row: number;
}

export function recordTooLarge(at: RowPlace, bytes: number, limit: number): SinkError {
  return poison(at, "KAFKA_TOO_LARGE", {
    what: `takes ${bytes} bytes, and a record may take ${limit}`,
    hint: "Raise maxRequestSize here and max.message.bytes of the topic, or leave such rows out by filter(...).",
  });
}

export function topicMissing(at: RowPlace): SinkError {
  return poison(at, "KAFKA_TOPIC_NULL", {
    what: "has NULL in the column 'topic', and there is no option \"topic\" that would stand in for it",
    hint: 'Set the option "topic", or leave such rows out by filter(...).',
  });
}

export function partitionUnknown(at: RowPlace, partition: number, partitions: number): SinkError {
  return poison(at, "KAFKA_PARTITION_UNKNOWN", {
    what: `goes to partition ${partition}, and the topic has the partitions 0 to ${partitions - 1}`,
    hint: "Leave the column 'partition' NULL, or out, to let the key decide.",
  });
}

export function keyMissing(at: RowPlace): SinkError {
  return poison(at, "KAFKA_KEY_NULL", {
    what: "has no key, under which update mode could replace it",
    hint: 'Give it one: coalesce(col("key"), lit("")); or leave such rows out by filter(...).',
  });
}

export function topicUnknown(name: string, place: string): SinkError {
  return new SinkError("KAFKA_TOPIC_UNKNOWN", `There is no topic "${name}" to write to.`, {
    place,
    hint: "Make the topic first, with the partitions that it shall have; writing makes none.",
  });
}

function poison(
  at: RowPlace,
  code: string,
  { what, hint }: { readonly what: string; readonly hint: string },
): SinkError {
  const topic = at.topic === null ? "" : ` for the topic "${at.topic}"`;
  const key = at.key === null ? null : keyText(at.key, at.row);
  const named = key === null ? "" : ` with the key ${key}`;
  return new SinkError(code, `A row${topic}${named} ${what}. Nothing of its batch was sent.`, {
    place: at.place,
    hint,
  });
}

/** The beginning of a key, as text where it is text; null for none. */
export function keyText({ offsets, bytes, validity }: BytesColumn, row: number): string | null {
  if (validity !== null && validity[row] === 0) return null;
  const from = offsets[row];
  const to = offsets[row + 1];
  const text = decodeText(bytes, from, Math.min(to, from + LONGEST_KEY));
  return `${JSON.stringify(text)}${to - from > LONGEST_KEY ? "..." : ""}`;
}
