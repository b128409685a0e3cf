import type { KafkaApi } from "../kafka-api.js";
import type { FetchedPartition, FetchPosition, FetchRequest } from "../kafka-cluster.js";
import type { WireReader } from "../wire-reader.js";
import type { WireWriter } from "../wire-writer.js";
import { isolationNumber } from "./isolation-number.js";

/** A position, and the leader epoch that it is asked under: -1 where none is known. */
export interface EpochPosition extends FetchPosition {
  readonly epoch: number;
}

export interface FetchCall extends Omit<FetchRequest, "positions"> {
  readonly positions: readonly EpochPosition[];
}

export interface FetchAnswer {
  readonly error: number;
  readonly partitions: readonly FetchedPartition[];
}

const LARGEST = 2 ** 31 - 1;

export const FETCH: KafkaApi<FetchCall, FetchAnswer> = {
  api: 1,
  name: "Fetch",
  version: 13,
  flexible: true,
  encode: (writer, call) => {
    writer.int32(-1).int32(call.maxWaitMs).int32(call.minBytes).int32(Math.min(call.maxBytes, LARGEST)); // no replica
    writer.int8(isolationNumber(call.isolation)).int32(0).int32(-1); // no session
    writer.compactArray([...byTopic(call.positions)], writeTopic);
    writer
      .compactArray([], () => {})
      .compactString("")
      .noTags(); // nothing forgotten, no rack
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    const error = reader.int16();
    reader.int32(); // session
    const partitions = reader.compactArray(readTopic).flat();
    reader.skipTags();
    return { error, partitions };
  },
};

/** Map keeps the order of the first position of each topic: brokers serve partitions in the order of the request. */
function byTopic(positions: readonly EpochPosition[]): Map<string, EpochPosition[]> {
  const topics = new Map<string, EpochPosition[]>();
  for (const position of positions) {
    const known = topics.get(position.topicId);
    if (known === undefined) topics.set(position.topicId, [position]);
    else known.push(position);
  }
  return topics;
}

function writeTopic(writer: WireWriter, [topicId, positions]: [string, EpochPosition[]]): void {
  writer.uuid(topicId).compactArray(positions, writePosition).noTags();
}

function writePosition(writer: WireWriter, position: EpochPosition): void {
  writer.int32(position.partition).int32(position.epoch).int64(position.offset);
  writer.int32(-1).int64(-1).int32(Math.min(position.maxBytes, LARGEST)).noTags(); // no last epoch, no log start
}

function readTopic(reader: WireReader): FetchedPartition[] {
  const topicId = reader.uuid();
  const partitions = reader.compactArray((r) => readPartition(r, topicId));
  reader.skipTags();
  return partitions;
}

function readPartition(reader: WireReader, topicId: string): FetchedPartition {
  const partition = reader.int32();
  const error = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStart = reader.int64();
  const aborted = reader.compactArray((r) => {
    const transaction = { producerId: r.bigint64(), firstOffset: r.int64() };
    r.skipTags();
    return transaction;
  });
  reader.int32(); // preferred replica: none without a rack
  const records = reader.compactBytes();
  reader.skipTags();
  return { topicId, partition, error, highWatermark, lastStableOffset, logStart, aborted, records };
}
