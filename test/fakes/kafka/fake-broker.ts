// @ts-nocheck: the surface stands, what is behind it follows
import type { KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import type { Clock } from "../../../src/common/clock.js";
import type { AppendOptions, FakeRecord, StoredRecord } from "./fake-record.js";

export interface FakeBrokerOptions {
  /** Ids 1 to `nodes`; 1 when left out. */
  readonly nodes?: number;
  /** A ManualClock that starts at 2026-01-01 when left out. Long polls and timeouts of stalled requests wait on it. */
  readonly clock?: Clock;
  /** Topic ids follow from it. */
  readonly seed?: number;
  /** What ApiVersions answers for an API instead of what Kafka 4 does; null: not at all. */
  readonly versions?: Readonly<Record<string, readonly [min: number, max: number] | null>>;
}

export interface FakeTopicOptions {
  /** 1 when left out. */
  readonly partitions?: number;
  /** Understood: max.message.bytes, cleanup.policy=compact, message.timestamp.type=LogAppendTime, message.timestamp.after.max.ms. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** One request as it came in. */
export interface FakeCall {
  readonly api: string;
  readonly version: number;
  readonly node: number;
  /** Which socket of this broker, from 1. */
  readonly socket: number;
  /** How many calls of this API came before, plus 1. */
  readonly nth: number;
  readonly body: Uint8Array;
}

/** An error code in the answer (nothing is done), or nothing arrives there, or all is done and nothing comes back: both reject as a connection that closed. */
export type Fault = number | "lost request" | "lost reply";

/**
 * A Kafka cluster in memory, behind the port that clients use: it reads raw request bodies and answers raw response bodies.
 * Same calls, same bytes; time stands still unless a test moves `clock`.
 *
 * @example
 * const broker = new FakeBroker({ nodes: 3 });
 * broker.createTopic("orders", { partitions: 2 });
 * broker.append("orders", 0, [{ key: "a", value: "1" }]);
 * broker.append("orders", 0, [{ key: "b", value: "2" }], { transaction: "t1", codec: "gzip" });
 * broker.abort("t1");
 * broker.fail("Fetch", 1, 6); // the next fetch answers NOT_LEADER_OR_FOLLOWER
 * const cluster = await WireCluster.open(broker.provider(), { clock: broker.clock, deadlineMs: 1000 });
 * broker.committed("orders")[0]; // the one record that a read_committed reader must see
 */
export class FakeBroker {
  readonly clock: Clock;
  /** All requests that reached a node, in order; faults of `fail` count as well. */
  readonly calls: FakeCall[] = [];
  /** Before a request is looked at: what it returns is waited for. */
  onRequest: ((call: FakeCall) => void | Promise<void>) | null = null;
  /** After all is done, before the answer is on its way. */
  onReply: ((call: FakeCall) => void | Promise<void>) | null = null;

  constructor(_options: FakeBrokerOptions = {}) {
    throw new Error("being built");
  }

  provider(): KafkaSocketProvider {
    throw new Error("being built");
  }
  /** Sockets that were opened and not closed. */
  get openSockets(): number {
    throw new Error("being built");
  }

  // Topics. All throw where the topic or partition does not exist.
  /** Its id, 32 hexadecimal digits. */
  createTopic(name: string, options: FakeTopicOptions = {}): string {
    throw new Error("being built");
  }
  deleteTopic(name: string): void {
    throw new Error("being built");
  }
  addPartitions(name: string, total: number): void {
    throw new Error("being built");
  }
  topicId(name: string): string {
    throw new Error("being built");
  }

  // Logs
  /** Writes one batch and gives the offset of its first record. */
  append(topic: string, partition: number, records: readonly FakeRecord[], options: AppendOptions = {}): number {
    throw new Error("being built");
  }
  /** Writes a batch as it is, but for its offset and leader epoch: a damaged one too. */
  appendRaw(topic: string, partition: number, batch: Uint8Array): number {
    throw new Error("being built");
  }
  /** Ends the open transaction of this transactional id, `append`ed or of a client. */
  commit(transaction: string): void {
    throw new Error("being built");
  }
  abort(transaction: string): void {
    throw new Error("being built");
  }
  /** From now on decided transactions write their markers only at `releaseMarkers`: CONCURRENT_TRANSACTIONS until then. */
  holdMarkers(): void {
    throw new Error("being built");
  }
  releaseMarkers(): void {
    throw new Error("being built");
  }
  /** As the log cleaner: the last record of each key stays, holes and empty batches come to be. Below the last stable offset only. */
  compact(topic: string): void {
    throw new Error("being built");
  }
  /** As retention and DeleteRecords: the log starts at `before`. */
  deleteRecords(topic: string, partition: number, before: number): void {
    throw new Error("being built");
  }
  /** As an unclean election: everything from `offset` on is lost, the leader epoch moves. */
  truncate(topic: string, partition: number, offset: number): void {
    throw new Error("being built");
  }
  /** First offset, last stable offset, and the one behind the newest record. */
  offsets(topic: string, partition: number): { readonly start: number; readonly stable: number; readonly end: number } {
    throw new Error("being built");
  }

  // Truth, from the fates of transactions and not from log bytes
  /** Per partition what a read_committed reader must see now: below the first open transaction, without aborted ones. */
  committed(topic: string): readonly (readonly StoredRecord[])[] {
    throw new Error("being built");
  }
  /** Per partition what a read_uncommitted reader must see now. */
  appended(topic: string): readonly (readonly StoredRecord[])[] {
    throw new Error("being built");
  }

  // Groups
  /** What a group has committed; null where nothing. */
  groupOffset(
    group: string,
    topic: string,
    partition: number,
  ): { readonly offset: number; readonly metadata: string } | null {
    throw new Error("being built");
  }
  /** As after offsets.retention.minutes without members. */
  expireGroup(group: string): void {
    throw new Error("being built");
  }

  // Faults
  moveLeader(topic: string, partition: number, node: number): void {
    throw new Error("being built");
  }
  /** `node`'s id of the coordinator of this group or transactional id; other nodes answer NOT_COORDINATOR. */
  moveCoordinator(key: string, node: number): void {
    throw new Error("being built");
  }
  /** Requests to it reject, open ones too; others lead its partitions where there are others. */
  kill(node: number): void {
    throw new Error("being built");
  }
  /** The partitions it leads have a new leader epoch. */
  restart(node: number): void {
    throw new Error("being built");
  }
  /** Requests to it get no answer, and reject when their timeoutMs have passed on the clock. */
  stall(node: number): void {
    throw new Error("being built");
  }
  /** Stalled requests that did not time out are now answered. */
  release(node: number): void {
    throw new Error("being built");
  }
  /** The nth call of that API from now on (1: the next). */
  fail(api: string, nth: number, fault: Fault): void {
    throw new Error("being built");
  }
  /** How many calls of that API came. */
  count(api: string): number {
    throw new Error("being built");
  }
}
