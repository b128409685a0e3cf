import type { KafkaApi } from "../kafka-api.js";
import type { IsolationLevel } from "../kafka-cluster.js";
import { isolationNumber } from "./isolation-number.js";

export interface ListOffsetsRequest {
  readonly topic: string;
  readonly isolation: IsolationLevel;
  /** A time in milliseconds since 1970, EARLIEST or LATEST. */
  readonly time: number;
  readonly partitions: readonly { readonly partition: number; readonly epoch: number }[];
}

export interface ListedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly offset: number;
}

export const LATEST = -1;
export const EARLIEST = -2;

export const LIST_OFFSETS: KafkaApi<ListOffsetsRequest, readonly ListedOffset[]> = {
  api: 2,
  name: "ListOffsets",
  version: 5,
  flexible: false,
  encode: (writer, request) => {
    writer.int32(-1).int8(isolationNumber(request.isolation)); // no replica
    writer.array([request.topic], (w, topic) => {
      w.string(topic).array(request.partitions, (v, { partition, epoch }) => {
        v.int32(partition).int32(epoch).int64(request.time);
      });
    });
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return reader
      .array((r) => {
        const topic = r.string();
        return r.array((p) => {
          const partition = p.int32();
          const error = p.int16();
          p.bigint64(); // the record's time
          const offset = p.int64();
          p.int32(); // leader epoch
          return { topic, partition, error, offset };
        });
      })
      .flat();
  },
};
