import type { KafkaApi } from "../kafka-api.js";

export interface CreateTopicRequest {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface CreatedTopic {
  readonly name: string;
  readonly error: number;
  readonly message: string | null;
}

/** The broker's default, as one who cannot know the number of brokers must say. */
const DEFAULT_REPLICATION = -1;

export const CREATE_TOPICS: KafkaApi<CreateTopicRequest, readonly CreatedTopic[]> = {
  api: 19,
  name: "CreateTopics",
  version: 4,
  flexible: false,
  encode: (writer, request) => {
    writer.array([request], (w, topic) => {
      w.string(topic.name).int32(topic.partitions).int16(DEFAULT_REPLICATION);
      w.array([], () => {}); // no assignments
      w.array(Object.entries(topic.configs), (v, [name, value]) => v.string(name).string(value));
    });
    writer.int32(request.timeoutMs).boolean(false); // not only a check
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return reader.array((r) => ({ name: r.string(), error: r.int16(), message: r.nullableString() }));
  },
};
