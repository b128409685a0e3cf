import type { GroupOffset } from "../../clients/kafka/kafka-cluster.js";
import { allocateInt32 } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import type { RecordRows } from "../../formats/kafka/record-encoder.js";
import { binary } from "../../types/type-constructors.js";

/** The newest batch that a sink has, and the attempt whose rows they are. */
export interface CommitMarker {
  readonly batch: number;
  readonly attempt: number;
}

/** Under which names a query's sink is known to the cluster: the same in every process that runs the query. */
export interface MarkerNames {
  readonly transactionalId: string;
  /** The consumer group whose offset is the first marker, and the topic whose partition 0 it is of. */
  readonly group: string;
  readonly offsetTopic: string;
  /** The topic that holds the second marker, and the key of its record. */
  readonly commitTopic: string;
  readonly key: string;
}

export function markerNames(
  { query, sink }: { readonly query: string; readonly sink: string },
  { topic, commitTopic }: { readonly topic: string | null; readonly commitTopic: string | null },
): MarkerNames {
  const name = `millrace-${query}-${sink}`;
  const commits = commitTopic ?? (topic === null ? "millrace-commits" : `${topic}.millrace-commits`);
  return {
    transactionalId: name,
    group: name,
    offsetTopic: topic ?? commits,
    commitTopic: commits,
    key: `${query}/${sink}`,
  };
}

/** The first marker: an offset one above the batch, as a consumer that has read it would commit. */
export function markerOffset(names: MarkerNames, marker: CommitMarker): GroupOffset {
  return { topic: names.offsetTopic, partition: 0, offset: marker.batch + 1, metadata: textOf(marker) };
}

/** null: there is none, or somebody else has set the offset. */
export function markerOfOffset({ offset, metadata }: GroupOffset): CommitMarker | null {
  const marker = offset > 0 ? markerOfText(metadata) : null;
  return marker !== null && marker.batch === offset - 1 ? marker : null;
}

/** The second marker: a record of the commit topic, which keeps the newest one of each key for ever. */
export function markerRecord(names: MarkerNames, marker: CommitMarker): RecordRows {
  return {
    key: oneValue(names.key),
    value: oneValue(textOf(marker)),
    headers: null,
    timestamps: null,
    rows: Int32Array.of(0),
  };
}

/** null: it is no marker. */
export function markerOfText(text: string): CommitMarker | null {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || !("batch" in value) || !("attempt" in value)) return null;
  const { batch, attempt } = value;
  return isCount(batch) && isCount(attempt) ? { batch, attempt } : null;
}

function textOf({ batch, attempt }: CommitMarker): string {
  return JSON.stringify({ batch, attempt });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function oneValue(text: string): BytesColumn {
  const bytes = new TextEncoder().encode(text);
  const offsets = allocateInt32(2);
  offsets[1] = bytes.length;
  return { layout: "bytes", type: binary(), length: 1, nullCount: 0, validity: null, offsets, bytes };
}
