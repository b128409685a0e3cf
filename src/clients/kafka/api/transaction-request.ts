import type { WireWriter } from "../wire-writer.js";
import type { ProducerIdentity } from "./init-producer-id.js";

/** Whose transaction a request is about. */
export interface TransactionRequest extends ProducerIdentity {
  readonly transactionalId: string;
}

export function writeTransaction(writer: WireWriter, request: TransactionRequest): void {
  writer.string(request.transactionalId).int64(request.producerId).int16(request.epoch);
}
