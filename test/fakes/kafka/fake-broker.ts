import type { KafkaSocketProvider } from "../../../src/clients/kafka/kafka-socket.js";
import type { Clock } from "../../../src/common/clock.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { compactLog } from "./compaction.js";
import { FakeAppends } from "./fake-appends.js";
import type { FakeCall } from "./fake-call.js";
import { FakeCluster } from "./fake-cluster.js";
import type { AppendOptions, FakeRecord, StoredRecord } from "./fake-record.js";
import { FakeSockets } from "./fake-sockets.js";
import { FakeSwitchboard } from "./fake-switchboard.js";
import type { Fault } from "./faults.js";
import type { GroupOffsetValue } from "./group-offsets.js";

export interface FakeBrokerOptions<C extends Clock = Clock> {
  /** Ids 1 to `nodes`; 1 when left out. */
  readonly nodes?: number;
  /** A ManualClock that starts at 2026-01-01 when left out. Long polls and timeouts of stalled requests wait on it. */
  readonly clock?: C;
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

const NEW_YEAR_2026 = 1_767_225_600_000;

/**
 * A Kafka cluster in memory, behind the port that clients use: it reads raw request bodies and answers raw response bodies,
 * in one version of each API. The same calls give the same bytes; time stands still unless a test moves `clock`. A request
 * that no broker would understand rejects with code EPROTO.
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
export class FakeBroker<C extends Clock = ManualClock> {
  readonly clock: C;
  /** All requests that reached a node, in order; those that `fail` let go wrong too. */
  readonly calls: FakeCall[] = [];
  /** Before a request is looked at: what it returns is waited for. */
  onRequest: ((call: FakeCall) => void | Promise<void>) | null = null;
  /** After all is done, before the answer is on its way. */
  onReply: ((call: FakeCall) => void | Promise<void>) | null = null;
  readonly #cluster: FakeCluster;
  readonly #appends: FakeAppends;
  readonly #switchboard: FakeSwitchboard;
  readonly #sockets: FakeSockets;

  constructor(options: FakeBrokerOptions<C> = {}) {
    // Without a clock among the options C is the default.
    this.clock = options.clock ?? (new ManualClock(NEW_YEAR_2026) as Clock as C);
    this.#cluster = new FakeCluster({ clock: this.clock, nodes: options.nodes ?? 1, seed: options.seed ?? 1 });
    this.#appends = new FakeAppends(this.#cluster);
    this.#switchboard = new FakeSwitchboard({
      cluster: this.#cluster,
      calls: this.calls,
      versions: options.versions ?? {},
      hook: (kind, call) => this[kind]?.(call),
    });
    this.#sockets = new FakeSockets(this.#switchboard);
  }

  provider(): KafkaSocketProvider {
    return this.#sockets;
  }

  /** Sockets that were opened and not closed. */
  get openSockets(): number {
    return this.#sockets.open;
  }

  // Topics. All that follows throws a RangeError where the topic or partition does not exist.

  /** Its id, 32 hexadecimal digits. */
  createTopic(name: string, options: FakeTopicOptions = {}): string {
    if (this.#cluster.topics.has(name)) throw new RangeError(`topic ${name} is there`);
    const configs = new Map(Object.entries(options.configs ?? {}));
    return this.#cluster.makeTopic(name, { partitions: options.partitions ?? 1, configs }).id;
  }

  deleteTopic(name: string): void {
    this.#cluster.offsets.forgetTopic(this.#cluster.topic(name));
    this.#cluster.topics.delete(name);
    this.#cluster.changed();
  }

  addPartitions(name: string, total: number): void {
    this.#cluster.topic(name).grow(total, this.#cluster.nodes);
  }

  topicId(name: string): string {
    return this.#cluster.topic(name).id;
  }

  // Logs

  /** Writes one batch and gives the offset of its first record. */
  append(topic: string, partition: number, records: readonly FakeRecord[], options: AppendOptions = {}): number {
    return this.#appends.append({ topic, partition }, records, options);
  }

  /** Writes a batch as it is, but for its offset and leader epoch: a damaged one too. Not checked; in the truth only where it can be read. */
  appendRaw(topic: string, partition: number, batch: Uint8Array): number {
    return this.#appends.appendRaw({ topic, partition }, batch);
  }

  /** Ends the open transaction of this transactional id, `append`ed or of a client. */
  commit(transaction: string): void {
    this.#appends.end(transaction, true);
  }

  abort(transaction: string): void {
    this.#appends.end(transaction, false);
  }

  /** From now on transactions that are decided get their markers only at `releaseMarkers`: CONCURRENT_TRANSACTIONS until then. */
  holdMarkers(): void {
    this.#cluster.transactions.hold();
  }

  releaseMarkers(): void {
    this.#cluster.transactions.release();
    this.#cluster.changed();
  }

  /** As the log cleaner: the last record of each key stays, holes and empty batches come to be. Below the last stable offset, without the newest batch. */
  compact(topic: string): void {
    const { partitions } = this.#cluster.topic(topic);
    for (const [partition, log] of partitions.entries()) {
      const bound = compactLog(log);
      this.#cluster.fates.compact(this.#logName(topic, partition), bound);
    }
  }

  /** As retention and DeleteRecords: the log starts at `before`. */
  deleteRecords(topic: string, partition: number, before: number): void {
    this.#cluster.log(topic, partition).deleteBefore(before);
    this.#cluster.fates.keep(this.#logName(topic, partition), (record) => record.offset >= before);
    this.#cluster.changed();
  }

  /** As an unclean election: everything from `offset` on is lost, the leader epoch moves. */
  truncate(topic: string, partition: number, offset: number): void {
    const log = this.#cluster.log(topic, partition);
    const cut = log.batches.find((batch) => batch.last >= offset)?.base ?? offset;
    log.truncateTo(Math.min(cut, offset));
    this.#cluster.fates.keep(this.#logName(topic, partition), (record) => record.offset < cut);
    this.#cluster.moveLeader(log, log.leader);
  }

  /** First offset, last stable offset, and the one behind the newest record. */
  offsets(topic: string, partition: number): { readonly start: number; readonly stable: number; readonly end: number } {
    const { start, stable, end } = this.#cluster.log(topic, partition);
    return { start, stable, end };
  }

  // Truth: from the fates of transactions, never read from the logs

  /** Per partition what a read_committed reader must see now: below the first open transaction, without aborted ones. */
  committed(topic: string): readonly (readonly StoredRecord[])[] {
    return this.#logNames(topic).map((log) => this.#cluster.fates.committed(log));
  }

  /** Per partition what a read_uncommitted reader must see now. */
  appended(topic: string): readonly (readonly StoredRecord[])[] {
    return this.#logNames(topic).map((log) => this.#cluster.fates.all(log));
  }

  // Groups

  /** What a group has committed; null where nothing. */
  groupOffset(group: string, topic: string, partition: number): GroupOffsetValue | null {
    return this.#cluster.offsets.get(group, topic, partition);
  }

  /** As after offsets.retention.minutes without members. */
  expireGroup(group: string): void {
    this.#cluster.offsets.forgetGroup(group);
  }

  // Faults

  moveLeader(topic: string, partition: number, node: number): void {
    this.#cluster.moveLeader(this.#cluster.log(topic, partition), node);
  }

  /** The node that is the coordinator of this group or transactional id; others answer NOT_COORDINATOR. */
  moveCoordinator(key: string, node: number): void {
    this.#cluster.moveCoordinator(key, node);
  }

  /** Requests to it reject, those under way too; others lead its partitions where there are others. */
  kill(node: number): void {
    this.#cluster.kill(node);
    this.#switchboard.cut({ node });
  }

  /** The partitions it leads have a new leader epoch. */
  restart(node: number): void {
    this.#cluster.restart(node);
  }

  /** Requests to it get no answer, and reject when their timeoutMs have passed on the clock. */
  stall(node: number): void {
    this.#switchboard.stall(node);
  }

  /** Stalled requests that did not time out are now answered. */
  release(node: number): void {
    this.#switchboard.release(node);
  }

  /** The nth call of that API from now on (1: the next). */
  fail(api: string, nth: number, fault: Fault): void {
    this.#switchboard.faults.plan(api, nth, fault);
  }

  /** How many calls of that API came. */
  count(api: string): number {
    return this.#switchboard.faults.count(api);
  }

  #logName(topic: string, partition: number): string {
    return this.#cluster.topic(topic).logName(partition);
  }

  #logNames(topic: string): string[] {
    return [...this.#cluster.topic(topic).partitions.keys()].map((partition) => this.#logName(topic, partition));
  }
}
