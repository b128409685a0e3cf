import type { KafkaApi } from "../kafka-api.js";
import type { WireReader } from "../wire-reader.js";
import type { WireWriter } from "../wire-writer.js";

/** Which topics: all, those of these names, or those of these ids. */
export type MetadataRequest =
  | { readonly by: "all" }
  | { readonly by: "name"; readonly names: readonly string[] }
  | { readonly by: "id"; readonly ids: readonly string[] };

export interface BrokerAddress {
  readonly node: number;
  readonly host: string;
  readonly port: number;
}

export interface PartitionMetadata {
  readonly error: number;
  readonly partition: number;
  readonly leader: number;
  readonly epoch: number;
}

export interface TopicMetadata {
  readonly error: number;
  /** Null where a topic was asked for by an id that nobody knows. */
  readonly name: string | null;
  readonly id: string;
  readonly isInternal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface MetadataAnswer {
  readonly brokers: readonly BrokerAddress[];
  readonly controller: number;
  readonly topics: readonly TopicMetadata[];
}

const NO_ID = "0".repeat(32);

export const METADATA: KafkaApi<MetadataRequest, MetadataAnswer> = {
  api: 3,
  name: "Metadata",
  version: 12,
  flexible: true,
  encode: (writer, request) => {
    if (request.by === "all") writer.compactArray(null, () => {});
    else if (request.by === "name") writer.compactArray(request.names, (w, name) => topic(w, NO_ID, name));
    else writer.compactArray(request.ids, (w, id) => topic(w, id, null));
    // Neither creates topics nor asks what one may do with them.
    writer.boolean(false).boolean(false).noTags();
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    const brokers = reader.compactArray(readBroker);
    reader.compactNullableString(); // cluster id
    const controller = reader.int32();
    const topics = reader.compactArray(readTopic);
    reader.skipTags();
    return { brokers, controller, topics };
  },
};

function topic(writer: WireWriter, id: string, name: string | null): void {
  writer.uuid(id).compactString(name).noTags();
}

function readBroker(reader: WireReader): BrokerAddress {
  const broker = { node: reader.int32(), host: reader.compactString(), port: reader.int32() };
  reader.compactNullableString(); // rack
  reader.skipTags();
  return broker;
}

function readTopic(reader: WireReader): TopicMetadata {
  const error = reader.int16();
  const name = reader.compactNullableString();
  const id = reader.uuid();
  if (error === 0 && name === null) throw reader.damaged(`the topic with the id ${id} has no name`);
  const isInternal = reader.boolean();
  const partitions = reader.compactArray(readPartition).sort((a, b) => a.partition - b.partition);
  if (partitions.some(({ partition }, index) => partition !== index)) {
    throw reader.damaged(`the partitions of topic '${name}' are not numbered from 0 on`);
  }
  reader.int32(); // authorized operations
  reader.skipTags();
  return { error, name, id, isInternal, partitions };
}

function readPartition(reader: WireReader): PartitionMetadata {
  const answer = {
    error: reader.int16(),
    partition: reader.int32(),
    leader: reader.int32(),
    epoch: reader.int32(),
  };
  for (let list = 0; list < 3; list++) reader.compactArray((r) => r.int32()); // replicas, in sync, offline
  reader.skipTags();
  return answer;
}
