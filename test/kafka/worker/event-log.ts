import type { Kafka, Producer } from "kafkajs";
import { Random } from "../../laws/cases/random.js";
import { idempotent } from "../kafka-client.js";

export interface Event {
  readonly at: string;
  readonly id: number;
  readonly bucket: number;
}

const SECOND_MS = 1000;
const BUCKETS = 5;

/** Events that a test sends to the partitions of a topic at random. Time goes on with each; some are far behind it. */
export class EventLog {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #partitions: number;
  readonly #random: Random;
  readonly events: Event[] = [];

  private constructor(producer: Producer, { topic, partitions, seed }: EventTopic) {
    this.#producer = producer;
    this.#topic = topic;
    this.#partitions = partitions;
    this.#random = new Random(seed);
  }

  static async open(kafka: Kafka, topic: EventTopic): Promise<EventLog> {
    const producer = idempotent(kafka);
    await producer.connect();
    return new EventLog(producer, topic);
  }

  async send(count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, i) => this.#event(this.events.length + i));
    const messages = events.map((event) => ({
      partition: this.#random.int(0, this.#partitions - 1),
      value: JSON.stringify(event),
    }));
    await this.#producer.send({ topic: this.#topic, messages });
    this.events.push(...events);
  }

  close(): Promise<void> {
    return this.#producer.disconnect();
  }

  #event(id: number): Event {
    const behind = this.#random.chance(0.1) ? this.#random.int(4, 40) : 0;
    const at = new Date(1_700_000_000_000 + id * 100 - behind * SECOND_MS).toISOString();
    return { at, id, bucket: this.#random.int(0, BUCKETS - 1) };
  }
}

export interface EventTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly seed: number;
}
