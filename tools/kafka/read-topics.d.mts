/** See `read-topics.mjs`: its types for TypeScript that imports it. */
import type { Broker } from "./broker.mjs";

/** A record as Kafka's own Java consumer gives it; bytes as hexadecimal digits. */
export interface ReadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly timestampType: number;
  readonly key: string | null;
  readonly value: string | null;
  /** In order, `key=value`; a value that is null is "-". */
  readonly headers: readonly string[];
}

/** All records of the topics, from their beginning to their (last stable) end; those of each partition in order. */
export declare function readTopics(
  broker: Broker,
  isolation: "read_committed" | "read_uncommitted",
  ...topics: readonly string[]
): Promise<readonly ReadRecord[]>;
