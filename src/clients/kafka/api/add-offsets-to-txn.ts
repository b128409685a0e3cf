import type { KafkaApi } from "../kafka-api.js";
import { type TransactionRequest, writeTransaction } from "./transaction-request.js";

export interface AddOffsetsRequest extends TransactionRequest {
  readonly group: string;
}

export const ADD_OFFSETS_TO_TXN: KafkaApi<AddOffsetsRequest, { readonly error: number }> = {
  api: 25,
  name: "AddOffsetsToTxn",
  version: 1,
  flexible: false,
  encode: (writer, request) => {
    writeTransaction(writer, request);
    writer.string(request.group);
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return { error: reader.int16() };
  },
};
