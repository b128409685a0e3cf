import type { ReadRecord } from "../../tools/kafka/read-topics.mjs";

interface SourceRow {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: Date | null;
  readonly timestampType: number;
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[] | null;
}

/** Rows of a Kafka source, as the reference reader prints records; with all columns. */
export function recordsOf(rows: readonly object[]): ReadRecord[] {
  return (rows as readonly SourceRow[]).map(({ key, value, timestamp, headers, ...place }) => ({
    ...{ topic: place.topic, partition: place.partition, offset: place.offset },
    ...{ timestamp: timestamp === null ? -1 : timestamp.getTime(), timestampType: place.timestampType },
    ...{ key: hex(key), value: hex(value) },
    headers: (headers ?? []).map((header) => `${header.key}=${hex(header.value) ?? "-"}`),
  }));
}

function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
}
