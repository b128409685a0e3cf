import { assert } from "../../common/assert.js";
import { INIT_PRODUCER_ID, type ProducerIdentity } from "./api/init-producer-id.js";
import type { CallLimits } from "./broker-calls.js";
import type { ClusterContext } from "./cluster-context.js";
import type { GroupOffset } from "./kafka-cluster.js";
import { KafkaError } from "./kafka-error.js";
import type { BatchStamp, KafkaProducer, PartitionBatches, ProducerOptions } from "./kafka-producer.js";
import { nextSequence } from "./next-sequence.js";
import { produceBatches } from "./produce-batches.js";
import { accept } from "./refusal.js";
import { persistently, type Retries } from "./retries.js";
import { WatchedCalls } from "./watched-calls.js";
import { WireTransaction } from "./wire-transaction.js";

/** A producer over the wire protocol. One call at a time. */
export class WireProducer implements KafkaProducer {
  readonly #context: ClusterContext;
  readonly #calls: WatchedCalls;
  readonly #options: ProducerOptions;
  readonly #closing = new AbortController();
  readonly #sequences = new Map<string, Map<number, number>>();
  #identity: ProducerIdentity | null = null;
  #transaction: WireTransaction | null = null;
  /** What the first error was: nothing is known for sure of the producer's state after it. */
  #failure: { readonly reason: unknown } | null = null;

  constructor(context: ClusterContext, options: ProducerOptions) {
    this.#calls = new WatchedCalls(context.calls);
    this.#context = { ...context, calls: this.#calls };
    this.#options = options;
  }

  get hasStrays(): boolean {
    return this.#calls.hasStrays;
  }

  fence(): Promise<void> {
    return this.#guarded(async () => {
      const { policy } = this.#context;
      const what = this.#named("Taking over");
      this.#identity = await persistently(policy, { what, signal: this.#closing.signal }, (retries) =>
        this.#newIdentity(retries),
      );
      this.#sequences.clear();
      this.#transaction = null;
    });
  }

  stamp(topic: string, partition: number, records: number): BatchStamp {
    const { producerId, epoch } = this.#known();
    let partitions = this.#sequences.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#sequences.set(topic, partitions);
    }
    const sequence = partitions.get(partition) ?? 0;
    partitions.set(partition, nextSequence(sequence, records));
    return { producerId, epoch, sequence, isTransactional: this.#options.transactionalId !== null };
  }

  send(batches: readonly PartitionBatches[]): Promise<void> {
    return this.#guarded(async () => {
      const { transactionalId } = this.#options;
      const filled = batches.filter((partition) => partition.batches.length > 0);
      if (filled.length === 0) return;
      if (transactionalId !== null) await this.#begun(transactionalId).addPartitions(filled);
      await produceBatches(this.#context, { transactionalId, signal: this.#closing.signal }, filled);
    });
  }

  sendOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void> {
    return this.#guarded(async () => {
      const { transactionalId } = this.#options;
      assert(transactionalId !== null, "group offsets are sent without a transactional id");
      await this.#begun(transactionalId).addOffsets(group, offsets);
    });
  }

  commit(): Promise<void> {
    return this.#end(true);
  }

  abort(): Promise<void> {
    return this.#end(false);
  }

  /** What waits rejects with KAFKA_CLOSED; a transaction that is open stays so until the next `fence` or its timeout. */
  async close(): Promise<void> {
    this.#closing.abort(new KafkaError("KAFKA_CLOSED", `The producer${this.#named("")} was closed.`));
  }

  #end(commit: boolean): Promise<void> {
    return this.#guarded(async () => {
      await this.#transaction?.end(commit);
      this.#transaction = null;
    });
  }

  #begun(transactionalId: string): WireTransaction {
    const request = { transactionalId, ...this.#known() };
    this.#transaction ??= new WireTransaction(this.#context, request, this.#closing.signal);
    return this.#transaction;
  }

  async #newIdentity(retries: Retries): Promise<ProducerIdentity> {
    const { transactionalId } = this.#options;
    const limits = retries.limits;
    if (transactionalId === null) return this.#askIdentity(null, limits);
    const wanted = { kind: "transaction", key: transactionalId } as const;
    return this.#context.coordinators.at(wanted, limits, (node) => this.#askIdentity(node, limits));
  }

  async #askIdentity(node: number | null, limits: CallLimits): Promise<ProducerIdentity> {
    const answer = await this.#context.calls.call(INIT_PRODUCER_ID, this.#options, { node, ...limits });
    accept(answer.error, { what: this.#named("InitProducerId of"), node });
    return { producerId: answer.producerId, epoch: answer.epoch };
  }

  /** One call at a time until the first error, which is the answer to all further calls. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) throw this.#failure.reason;
    this.#closing.signal.throwIfAborted();
    try {
      await work();
    } catch (reason) {
      this.#failure ??= { reason };
      throw reason;
    }
  }

  #known(): ProducerIdentity {
    assert(this.#identity !== null, "a producer is used before its fence");
    return this.#identity;
  }

  #named(text: string): string {
    const { transactionalId } = this.#options;
    return transactionalId === null
      ? `${text} an idempotent producer`
      : `${text} transactional id '${transactionalId}'`;
  }
}
