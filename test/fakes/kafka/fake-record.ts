import type { CodecName } from "../../../src/formats/kafka/codec-registry.js";

/** Text stands for its UTF-8 bytes. */
export type FakeBytes = Uint8Array | string | null;

/** A record as a test writes it; what is left out is null, no headers, and the broker's now. */
export interface FakeRecord {
  readonly key?: FakeBytes;
  readonly value?: FakeBytes;
  readonly headers?: readonly (readonly [key: string, value: FakeBytes])[];
  /** Milliseconds since 1970. */
  readonly timestamp?: number;
}

/** A record as it lies in a log. */
export interface StoredRecord {
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [key: string, value: Uint8Array | null])[];
}

export interface AppendOptions {
  /** Transactional id of the producer: opens a transaction of it where none is open. */
  readonly transaction?: string;
  readonly codec?: CodecName;
}

/** All of a record in one line, to compare many quickly. */
export function recordText({ offset, timestamp, key, value, headers }: StoredRecord): string {
  const hex = (bytes: Uint8Array | null): string =>
    bytes === null ? "null" : `'${Buffer.from(bytes).toString("hex")}'`;
  return `${offset} ${timestamp} ${hex(key)} ${hex(value)} ${headers.map(([name, of]) => `${name}=${hex(of)}`).join()}`;
}
