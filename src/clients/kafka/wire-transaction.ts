import { ADD_OFFSETS_TO_TXN } from "./api/add-offsets-to-txn.js";
import { ADD_PARTITIONS_TO_TXN } from "./api/add-partitions-to-txn.js";
import { END_TXN } from "./api/end-txn.js";
import type { TransactionRequest } from "./api/transaction-request.js";
import { TXN_OFFSET_COMMIT } from "./api/txn-offset-commit.js";
import type { ClusterContext } from "./cluster-context.js";
import type { GroupOffset } from "./kafka-cluster.js";
import type { PartitionBatches } from "./kafka-producer.js";
import { accept } from "./refusal.js";
import { persistently, type Retries } from "./retries.js";

/** What belongs to the open transaction of one producer, and its end. */
export class WireTransaction {
  readonly #context: ClusterContext;
  readonly #request: TransactionRequest;
  readonly #signal: AbortSignal;
  /** Topics, and their partitions that are in the transaction. */
  readonly #partitions = new Map<string, Set<number>>();
  readonly #groups = new Set<string>();

  constructor(context: ClusterContext, request: TransactionRequest, signal: AbortSignal) {
    this.#context = context;
    this.#request = request;
    this.#signal = signal;
  }

  async addPartitions(batches: readonly PartitionBatches[]): Promise<void> {
    const partitions = batches
      .map(({ topic, partition }) => ({ topic: topic.name, partition }))
      .filter(({ topic, partition }) => !this.#partitions.get(topic)?.has(partition));
    if (partitions.length === 0) return;
    await this.#atCoordinator("Adding partitions to", async (node, retries) => {
      const request = { ...this.#request, partitions };
      const results = await this.#context.calls.call(ADD_PARTITIONS_TO_TXN, request, {
        node,
        ...retries.limits,
      });
      // Where one partition is refused, the others are answered with OPERATION_NOT_ATTEMPTED: the reason comes first.
      const refused = results.filter(({ error }) => error !== 0);
      const { topic, partition, error } = refused.find((result) => result.error !== OPERATION_NOT_ATTEMPTED) ??
        refused[0] ?? { topic: "", partition: 0, error: 0 };
      const what = `AddPartitionsToTxn of ${this.#name} for topic '${topic}' partition ${partition}`;
      accept(error, { what, node, topic, partition });
    });
    for (const { topic, partition } of partitions) this.#partitionsOf(topic).add(partition);
  }

  async addOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void> {
    if (offsets.length === 0) return;
    if (!this.#groups.has(group)) await this.#addGroup(group);
    this.#groups.add(group);
    const { policy, coordinators, calls } = this.#context;
    await persistently(policy, { what: `Writing offsets of group '${group}'`, signal: this.#signal }, (retries) => {
      const limits = retries.limits;
      return coordinators.at({ kind: "group", key: group }, limits, async (node) => {
        const request = { ...this.#request, group, offsets };
        for (const result of await calls.call(TXN_OFFSET_COMMIT, request, { node, ...limits })) {
          const { topic, partition } = result;
          const what = `TxnOffsetCommit of group '${group}' for topic '${topic}' partition ${partition}`;
          accept(result.error, { what, node, topic, partition });
        }
      });
    });
  }

  /** Says how it ends. One that is empty is not known to the broker. */
  async end(commit: boolean): Promise<void> {
    if (this.#partitions.size === 0 && this.#groups.size === 0) return;
    await this.#atCoordinator(commit ? "Committing" : "Aborting", async (node, retries) => {
      const request = { ...this.#request, commit };
      const { error } = await this.#context.calls.call(END_TXN, request, { node, ...retries.limits });
      accept(error, { what: `EndTxn of ${this.#name}`, node });
    });
  }

  async #addGroup(group: string): Promise<void> {
    await this.#atCoordinator("Adding offsets to", async (node, retries) => {
      const request = { ...this.#request, group };
      const { error } = await this.#context.calls.call(ADD_OFFSETS_TO_TXN, request, { node, ...retries.limits });
      accept(error, { what: `AddOffsetsToTxn of ${this.#name} for group '${group}'`, node });
    });
  }

  #atCoordinator(what: string, work: (node: number, retries: Retries) => Promise<void>): Promise<void> {
    const { policy, coordinators } = this.#context;
    const wanted = { kind: "transaction", key: this.#request.transactionalId } as const;
    return persistently(policy, { what: `${what} ${this.#name}`, signal: this.#signal }, (retries) =>
      coordinators.at(wanted, retries.limits, (node) => work(node, retries)),
    );
  }

  get #name(): string {
    return `transaction '${this.#request.transactionalId}'`;
  }

  #partitionsOf(topic: string): Set<number> {
    const known = this.#partitions.get(topic);
    if (known !== undefined) return known;
    const made = new Set<number>();
    this.#partitions.set(topic, made);
    return made;
  }
}

const OPERATION_NOT_ATTEMPTED = 55;
