import type { KafkaApi } from "../kafka-api.js";
import type { GroupOffset } from "../kafka-cluster.js";

export interface OffsetFetchRequest {
  readonly group: string;
  readonly topic: string;
  readonly partitions: readonly number[];
}

export interface FetchedOffset extends GroupOffset {
  readonly error: number;
}

export interface OffsetFetchAnswer {
  readonly error: number;
  readonly offsets: readonly FetchedOffset[];
}

/** Refuses with UNSTABLE_OFFSET_COMMIT while an open transaction may change the offset. */
export const OFFSET_FETCH: KafkaApi<OffsetFetchRequest, OffsetFetchAnswer> = {
  api: 9,
  name: "OffsetFetch",
  version: 7,
  flexible: true,
  encode: (writer, request) => {
    writer.compactString(request.group).compactArray([request.topic], (w, topic) => {
      w.compactString(topic).compactArray(request.partitions, (v, partition) => v.int32(partition));
      w.noTags();
    });
    writer.boolean(true).noTags();
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    const topics = reader.compactArray((r) => {
      const topic = r.compactString();
      const offsets = r.compactArray((p) => {
        const partition = p.int32();
        const offset = p.int64();
        p.int32(); // leader epoch
        const found = { topic, partition, offset, metadata: p.compactNullableString() ?? "", error: p.int16() };
        p.skipTags();
        return found;
      });
      r.skipTags();
      return offsets;
    });
    const error = reader.int16();
    reader.skipTags();
    return { error, offsets: topics.flat() };
  },
};
