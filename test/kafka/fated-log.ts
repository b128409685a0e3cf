import type { Kafka, Message, Producer, Transaction } from "kafkajs";
import { Random } from "../laws/cases/random.js";
import { idempotent } from "./kafka-client.js";

/** What became of a record: one that is `open` is behind the last stable offset, or stands for all behind it. */
export type Fate = "committed" | "aborted" | "open";

const ZEROS = Buffer.alloc(4);
const PRODUCERS = 3;

/**
 * Writes a log in which transactions of several producers overlap: some are committed, some aborted, the last ones stay open,
 * and records without a transaction lie between. A third of the keys are null, a third four zero bytes (to a careless reader
 * the mark of an abort). Every topic gets the same records.
 */
export class FatedLog {
  readonly #topics: readonly string[];
  readonly #random: Random;
  readonly #plain: Producer;
  readonly #producers: readonly Producer[];
  readonly #open: (OpenTransaction | null)[];
  readonly #fates = new Map<string, Fate>();
  #records = 0;

  private constructor(topics: readonly string[], seed: number, [plain, ...producers]: readonly Producer[]) {
    this.#topics = topics;
    this.#random = new Random(seed);
    this.#plain = plain;
    this.#producers = producers;
    this.#open = producers.map(() => null);
  }

  static async open(kafka: Kafka, topics: readonly string[], seed: number): Promise<FatedLog> {
    const ids = Array.from({ length: PRODUCERS }, (_, i) => `${topics[0]}-${i}`);
    const producers = [idempotent(kafka), ...ids.map((id) => idempotent(kafka, id))];
    for (const producer of producers) await producer.connect();
    return new FatedLog(topics, seed, producers);
  }

  /** By value: what became of each record so far. */
  get fates(): ReadonlyMap<string, Fate> {
    return this.#fates;
  }

  async write(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) await this.#step();
  }

  /** Each producer has a transaction open after this. */
  async leaveOpen(): Promise<void> {
    for (let i = 0; i < this.#producers.length; i++) await this.#send(await this.#transaction(i), i);
  }

  /** What is open is aborted. */
  async close(): Promise<void> {
    for (const open of this.#open) await open?.transaction.abort();
    for (const producer of [this.#plain, ...this.#producers]) await producer.disconnect();
  }

  async #step(): Promise<void> {
    const producer = this.#random.int(-1, PRODUCERS - 1);
    if (producer < 0) {
      const messages = this.#messages();
      for (const { value } of messages) this.#fates.set(String(value), "committed");
      await this.#plain.sendBatch({ topicMessages: this.#topics.map((topic) => ({ topic, messages })) });
    } else if (this.#random.chance(0.35)) await this.#end(producer);
    else await this.#send(await this.#transaction(producer), producer);
  }

  async #transaction(producer: number): Promise<OpenTransaction> {
    const open = this.#open[producer] ?? { transaction: await this.#producers[producer].transaction(), values: [] };
    this.#open[producer] = open;
    return open;
  }

  async #send({ transaction, values }: OpenTransaction, producer: number): Promise<void> {
    const messages = this.#messages();
    for (const { value } of messages) {
      this.#fates.set(String(value), "open");
      values.push(String(value));
    }
    await transaction.sendBatch({ topicMessages: this.#topics.map((topic) => ({ topic, messages })) });
    if (this.#random.chance(0.1)) await this.#end(producer);
  }

  async #end(producer: number): Promise<void> {
    const open = this.#open[producer];
    if (open === null) return;
    const fate = this.#random.chance(0.5) ? "aborted" : "committed";
    await (fate === "aborted" ? open.transaction.abort() : open.transaction.commit());
    for (const value of open.values) this.#fates.set(value, fate);
    this.#open[producer] = null;
  }

  #messages(): Message[] {
    return Array.from({ length: this.#random.int(1, 5) }, () => this.#message());
  }

  #message(): Message {
    const id = this.#records++;
    return {
      key: this.#random.pick([null, ZEROS, Buffer.from(`key ${id % 7}`)]),
      value: `${id} ${"again ".repeat(this.#random.int(0, 30))}`,
      timestamp: String(1_700_000_000_000 + id),
      ...(this.#random.chance(0.2) ? { headers: { id: String(id), twice: ["1", "2"] } } : {}),
    };
  }
}

interface OpenTransaction {
  readonly transaction: Transaction;
  readonly values: string[];
}
