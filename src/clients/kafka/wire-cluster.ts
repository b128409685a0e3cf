import type { Clock } from "../../common/clock.js";
import type { Random } from "../../common/random.js";
import { API_VERSIONS } from "./api/api-versions.js";
import { BrokerCalls } from "./broker-calls.js";
import { checkVersions } from "./check-versions.js";
import type { ClusterContext } from "./cluster-context.js";
import { Coordinators } from "./coordinators.js";
import { createTopic } from "./create-topic.js";
import { commitGroupOffsets, groupOffsetsOf } from "./group-offsets.js";
import type {
  FetchedPartition,
  FetchRequest,
  GroupOffset,
  IsolationLevel,
  KafkaCluster,
  KafkaTopic,
  OffsetQuery,
} from "./kafka-cluster.js";
import { KafkaError } from "./kafka-error.js";
import type { KafkaProducer, ProducerOptions } from "./kafka-producer.js";
import type { KafkaSocket, KafkaSocketProvider } from "./kafka-socket.js";
import { listPartitionOffsets } from "./list-partition-offsets.js";
import { openedSocket } from "./opened-socket.js";
import { PartitionFetcher } from "./partition-fetcher.js";
import { persistently, type RetryPolicy } from "./retries.js";
import { TopicDirectory } from "./topic-directory.js";
import { WireProducer } from "./wire-producer.js";

export interface WireClusterOptions {
  readonly clock: Clock;
  /** Spreads retries; without it they keep to the exact backoff. */
  readonly random?: Random;
  /** So long a call goes on trying. */
  readonly deadlineMs: number;
  /** No answer after so long: the request is sent anew. Half the deadline, 30 s at most, when left out. */
  readonly requestTimeoutMs?: number;
  /** Gives up connecting; once the cluster is open it says nothing any more. */
  readonly signal?: AbortSignal;
}

const LONGEST_REQUEST_MS = 30_000;

/** A Kafka cluster through its wire protocol, over any socket that can send bytes to a broker. */
export class WireCluster implements KafkaCluster {
  readonly #socket: KafkaSocket;
  readonly #context: ClusterContext;
  readonly #fetcher: PartitionFetcher;
  readonly #closing: AbortController;

  private constructor(socket: KafkaSocket, context: ClusterContext, closing: AbortController) {
    this.#socket = socket;
    this.#context = context;
    this.#fetcher = new PartitionFetcher(context);
    this.#closing = closing;
  }

  /** Connects, and asks the broker whether it speaks everything that will be said. */
  static async open(provider: KafkaSocketProvider, options: WireClusterOptions): Promise<WireCluster> {
    const { clock, deadlineMs, signal } = options;
    const trying = { what: "Connecting", signal };
    const closing = new AbortController();
    const { label } = provider;
    const policy: RetryPolicy = { clock, random: options.random ?? null, deadlineMs, label, closed: closing.signal };
    const requestTimeoutMs = options.requestTimeoutMs ?? Math.min(LONGEST_REQUEST_MS, deadlineMs / 2);
    const socket = await persistently(policy, trying, () => openedSocket(provider, policy, signal));
    try {
      const calls = new BrokerCalls(socket, { clock, requestTimeoutMs, closed: closing.signal });
      const answer = await persistently(policy, trying, (retries) =>
        calls.call(API_VERSIONS, null, { node: null, ...retries.limits }),
      );
      checkVersions(answer, label);
      const shared = { calls, policy, directory: new TopicDirectory(calls), coordinators: new Coordinators(calls) };
      return new WireCluster(socket, shared, closing);
    } catch (error) {
      await socket.close();
      throw error;
    }
  }

  /** Uses this cluster's connections: it ends with them. */
  producer(options: ProducerOptions): KafkaProducer {
    return new WireProducer(this.#context, options);
  }

  topics(names: readonly string[] | null, signal?: AbortSignal): Promise<readonly KafkaTopic[]> {
    const { policy, directory } = this.#context;
    const what = names === null ? "Listing all topics" : `Looking up ${names.map((name) => `'${name}'`).join(", ")}`;
    return persistently(policy, { what, signal }, ({ limits }) => directory.list(names, limits));
  }

  offsets(
    topic: KafkaTopic,
    partitions: readonly number[],
    at: {
      readonly query: OffsetQuery;
      readonly isolation: IsolationLevel;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<ReadonlyMap<number, number>> {
    const { query, isolation, signal } = at;
    return listPartitionOffsets(this.#context, { topic, partitions, query, isolation, signal });
  }

  fetch(request: FetchRequest, signal?: AbortSignal): Promise<readonly FetchedPartition[]> {
    return this.#fetcher.fetch(request, signal);
  }

  commitOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void> {
    return commitGroupOffsets(this.#context, group, offsets);
  }

  groupOffsets(group: string, topic: string, partitions: readonly number[]): Promise<readonly GroupOffset[]> {
    return groupOffsetsOf(this.#context, { group, topic, partitions });
  }

  createTopic(
    name: string,
    options: { readonly partitions: number; readonly configs: Readonly<Record<string, string>> },
  ): Promise<boolean> {
    return createTopic(this.#context, { name, ...options });
  }

  /** Calls that wait reject with KAFKA_CLOSED. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { label } = this.#context.policy;
    this.#closing.abort(new KafkaError("KAFKA_CLOSED", `The connection to ${label} was closed.`));
    await this.#socket.close();
  }
}
