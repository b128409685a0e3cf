import { createRequire } from "node:module";

const required = createRequire(import.meta.url);

interface Request {
  encode(): Promise<{ readonly buffer: Buffer }>;
}

interface Response<T> {
  decode(bytes: Buffer): Promise<T>;
}

interface RecordOf {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | null>>;
  readonly isControlRecord: boolean;
}

interface KafkajsBatch {
  readonly firstOffset: string;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly records: readonly RecordOf[];
}

/** How kafkajs encodes a request of its own. */
export async function kafkajsRequest(path: string, request: Readonly<Record<string, unknown>>): Promise<Uint8Array> {
  const make = required(`kafkajs/src/protocol/requests/${path}/request`) as (of: unknown) => Request;
  return new Uint8Array((await make(request).encode()).buffer);
}

/** How kafkajs decodes the answer. */
export function kafkajsResponse<T>(path: string, bytes: Uint8Array): Promise<T> {
  const response = required(`kafkajs/src/protocol/requests/${path}/response`) as Response<T>;
  return response.decode(Buffer.from(bytes));
}

export function kafkajsBatch(bytes: Uint8Array): Promise<KafkajsBatch> {
  const Decoder = required("kafkajs/src/protocol/decoder") as new (bytes: Buffer) => unknown;
  const decode = required("kafkajs/src/protocol/recordBatch/v0/decoder") as (from: unknown) => Promise<KafkajsBatch>;
  return decode(new Decoder(Buffer.from(bytes)));
}

export function kafkajsCrc32c(bytes: Uint8Array): number {
  return (required("kafkajs/src/protocol/recordBatch/crc32C") as (bytes: Buffer) => number)(Buffer.from(bytes));
}
