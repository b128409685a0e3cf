import type { KafkaApi } from "../kafka-api.js";
import { type TransactionRequest, writeTransaction } from "./transaction-request.js";

export interface EndTxnRequest extends TransactionRequest {
  readonly commit: boolean;
}

export const END_TXN: KafkaApi<EndTxnRequest, { readonly error: number }> = {
  api: 26,
  name: "EndTxn",
  version: 1,
  flexible: false,
  encode: (writer, request) => {
    writeTransaction(writer, request);
    writer.boolean(request.commit);
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return { error: reader.int16() };
  },
};
