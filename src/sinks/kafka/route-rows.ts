import type { KafkaTopic } from "../../clients/kafka/kafka-cluster.js";
import { allocateInt32 } from "../../columnar/buffers.js";
import type { BytesColumn } from "../../columnar/column.js";
import { partitionOfKey } from "../../formats/kafka/partition-of-key.js";
import type { RecordParts } from "./record-rows.js";

/** The rows of one chunk that go to one partition, in their order. */
export interface Route {
  readonly topic: KafkaTopic;
  readonly partition: number;
  readonly rows: Int32Array;
}

/** What decides where rows go, beside themselves. */
export interface Routing {
  /** By id of `ids`. */
  readonly topics: readonly KafkaTopic[];
  /** By row; null: all rows go to the first topic. */
  readonly ids: Int32Array | null;
  /** Where rows without a key go: to partition `turn` modulo the number there are, together, so that they fill batches. */
  readonly turn: number;
  /** The error for a partition that the topic does not have. */
  readonly unknown: (row: number, topic: KafkaTopic) => Error;
}

/** By row the number of its place: partitions of the first topic, then those of the next. */
type Places = Int32Array;

/**
 * Sends each row to the partition that its column `partition` names; else to the one of its key, as Java's clients do; else
 * by turns. The same rows with the same turn go to the same places.
 */
export function routeRows(parts: RecordParts, routing: Routing): readonly Route[] {
  const bases = basesOf(routing.topics);
  const places = placesOf(parts, routing, bases);
  const ordered = orderByPlace(places, bases[bases.length - 1]);
  const routes: Route[] = [];
  routing.topics.forEach((topic, id) => {
    for (let partition = 0; partition < topic.partitions.length; partition++) {
      const place = bases[id] + partition;
      const rows = ordered.rows.subarray(ordered.starts[place], ordered.starts[place + 1]);
      if (rows.length > 0) routes.push({ topic, partition, rows });
    }
  });
  return routes;
}

/** By topic the number of its first place; behind them the number of places. */
function basesOf(topics: readonly KafkaTopic[]): Int32Array {
  const bases = allocateInt32(topics.length + 1);
  topics.forEach(({ partitions }, id) => {
    bases[id + 1] = bases[id] + partitions.length;
  });
  return bases;
}

function placesOf(parts: RecordParts, { topics, ids, turn, unknown }: Routing, bases: Int32Array): Places {
  const { partition, key, length } = parts;
  const places = allocateInt32(length);
  for (let row = 0; row < length; row++) {
    const id = ids === null ? 0 : ids[row];
    const count = bases[id + 1] - bases[id];
    let chosen: number;
    if (partition !== null && isValid(partition.validity, row)) {
      chosen = partition.values[row];
      if (chosen < 0 || chosen >= count) throw unknown(row, topics[id]);
    } else if (key !== null && isValid(key.validity, row)) {
      chosen = byKey(key, row, count);
    } else {
      chosen = turn % count;
    }
    places[row] = bases[id] + chosen;
  }
  return places;
}

function byKey({ bytes, offsets }: BytesColumn, row: number, count: number): number {
  return partitionOfKey(bytes, offsets[row], offsets[row + 1], count);
}

function isValid(validity: Uint8Array | null, row: number): boolean {
  return validity === null || validity[row] === 1;
}

/** Counting sort: rows by place, in their order within each; `starts` says where each place begins. */
function orderByPlace(places: Places, count: number): { readonly rows: Int32Array; readonly starts: Int32Array } {
  const starts = allocateInt32(count + 1);
  for (let row = 0; row < places.length; row++) starts[places[row] + 1]++;
  for (let place = 0; place < count; place++) starts[place + 1] += starts[place];
  const next = starts.slice();
  const rows = allocateInt32(places.length);
  for (let row = 0; row < places.length; row++) rows[next[places[row]]++] = row;
  return { rows, starts };
}
