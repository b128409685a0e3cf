import type { Clock } from "../../../src/common/clock.js";
import { FakeTopic } from "./fake-topic.js";
import { Fates } from "./fates.js";
import { GroupOffsets } from "./group-offsets.js";
import type { PartitionLog } from "./partition-log.js";
import { Transactions } from "./transactions.js";

/** What all nodes of the cluster know. */
export class FakeCluster {
  readonly clock: Clock;
  readonly nodes: readonly number[];
  readonly dead = new Set<number>();
  readonly topics = new Map<string, FakeTopic>();
  readonly offsets = new GroupOffsets();
  readonly transactions: Transactions;
  readonly fates = new Fates();
  readonly #coordinators = new Map<string, number>();
  readonly #seed: number;
  #topicsMade = 0;
  #waiting: (() => void)[] = [];

  constructor(parts: { readonly clock: Clock; readonly nodes: number; readonly seed: number }) {
    this.clock = parts.clock;
    this.nodes = Array.from({ length: parts.nodes }, (_, index) => index + 1);
    this.#seed = parts.seed;
    this.transactions = new Transactions(parts.clock, this.offsets);
  }

  get living(): readonly number[] {
    return this.nodes.filter((node) => !this.dead.has(node));
  }

  makeTopic(name: string, shape: { partitions: number; configs: ReadonlyMap<string, string> }): FakeTopic {
    const topic = new FakeTopic(name, { id: this.#nextTopicId(), configs: shape.configs });
    topic.grow(shape.partitions, this.nodes);
    this.topics.set(name, topic);
    return topic;
  }

  topic(name: string): FakeTopic {
    const topic = this.topics.get(name);
    if (topic === undefined) throw new RangeError(`there is no topic ${name}`);
    return topic;
  }

  topicOfId(id: string): FakeTopic | undefined {
    return [...this.topics.values()].find((topic) => topic.id === id);
  }

  log(topic: string, partition: number): PartitionLog {
    const log = this.topic(topic).partitions[partition];
    if (log === undefined) throw new RangeError(`there is no partition ${partition} of ${topic}`);
    return log;
  }

  /** The node that coordinates a group or transactional id. */
  coordinator(key: string): number {
    const chosen = this.#coordinators.get(key) ?? this.nodes[key.length % this.nodes.length]!;
    return this.dead.has(chosen) ? (this.living[0] ?? chosen) : chosen;
  }

  moveCoordinator(key: string, node: number): void {
    this.#coordinators.set(key, node);
  }

  moveLeader(log: PartitionLog, node: number): void {
    log.leader = node;
    log.epoch++;
    this.changed();
  }

  /** Others lead what it led, where there are others. */
  kill(node: number): void {
    this.dead.add(node);
    const [heir] = this.living;
    if (heir !== undefined) for (const log of this.#ledBy(node)) this.moveLeader(log, heir);
    this.changed();
  }

  restart(node: number): void {
    this.dead.delete(node);
    for (const log of this.#ledBy(node)) this.moveLeader(log, node);
  }

  /** Wakes those that wait for logs or leaders to change. */
  changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  nextChange(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #ledBy(node: number): PartitionLog[] {
    return [...this.topics.values()].flatMap((topic) => topic.partitions).filter((log) => log.leader === node);
  }

  #nextTopicId(): string {
    const start = (this.#seed * 1000 + this.#topicsMade++) >>> 0;
    const words = Array.from({ length: 4 }, (_, index) => scrambled(start * 4 + index));
    return words.map((word) => word.toString(16).padStart(8, "0")).join("");
  }
}

function scrambled(value: number): number {
  let mixed = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
