import type { KafkaApi } from "../kafka-api.js";
import { byTopic, type PartitionResult, readResults } from "./topic-partitions.js";
import { type TransactionRequest, writeTransaction } from "./transaction-request.js";

export interface AddPartitionsRequest extends TransactionRequest {
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
}

export const ADD_PARTITIONS_TO_TXN: KafkaApi<AddPartitionsRequest, readonly PartitionResult[]> = {
  api: 24,
  name: "AddPartitionsToTxn",
  version: 1,
  flexible: false,
  encode: (writer, request) => {
    writeTransaction(writer, request);
    writer.array(byTopic(request.partitions), (w, [topic, partitions]) => {
      w.string(topic).array(partitions, (v, { partition }) => v.int32(partition));
    });
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return readResults(reader);
  },
};
