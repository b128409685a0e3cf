import type { KafkaApi } from "../kafka-api.js";

export interface InitProducerIdRequest {
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
}

/** What a broker knows a producer by. Of two producers with one id the one of the higher epoch counts. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly epoch: number;
}

export interface InitProducerIdAnswer extends ProducerIdentity {
  readonly error: number;
}

export const INIT_PRODUCER_ID: KafkaApi<InitProducerIdRequest, InitProducerIdAnswer> = {
  api: 22,
  name: "InitProducerId",
  version: 1,
  flexible: false,
  encode: (writer, request) => {
    writer.string(request.transactionalId).int32(request.transactionTimeoutMs);
  },
  decode: (reader) => {
    reader.int32(); // throttle time
    return { error: reader.int16(), producerId: reader.bigint64(), epoch: reader.int16() };
  },
};
