import { API_VERSIONS } from "./api/api-versions.js";
import { type BrokerAddress, METADATA } from "./api/metadata.js";
import { checkVersions } from "./check-versions.js";
import type { KafkaApi } from "./kafka-api.js";
import { KafkaError } from "./kafka-error.js";
import type { KafkaRequest, KafkaSocket } from "./kafka-socket.js";
import { type KafkajsBroker, type KafkajsCluster, unsupportedClient } from "./kafkajs-cluster.js";
import { kafkajsFailure } from "./kafkajs-failure.js";
import { WireReader } from "./wire-reader.js";
import { WireWriter } from "./wire-writer.js";

const FETCH_KEY = 1;
const SELF_TEST_MS = 10_000;

/**
 * kafkajs as a way to send bytes: it connects, authenticates and reconnects; which broker has which address is asked for
 * here. Its own look at the metadata is not used: it wants all topics, and fails where any of them has a partition without
 * a leader.
 */
export class KafkajsSocket implements KafkaSocket {
  readonly #cluster: KafkajsCluster;
  readonly #label: string;
  readonly #brokers = new Map<number, KafkajsBroker>();
  /** kafkajs may connect twice when two requests find no connection: who connects to a broker waits for the one before. */
  readonly #connecting = new WeakMap<KafkajsBroker, Promise<void>>();
  #refreshing: Promise<void> | null = null;
  /** A broker could not be reached where it was last time. */
  #isStale = false;
  /** The next of the brokers that the user named is to be tried. */
  #isSeedBad = true;
  #isClosed = false;
  #turn = 0;

  private constructor(cluster: KafkajsCluster, label: string) {
    this.#cluster = cluster;
    this.#label = label;
  }

  /** Connects, and checks by two requests, with the old and the new header, that bytes get through as they should. */
  static async open(cluster: KafkajsCluster, label: string): Promise<KafkajsSocket> {
    const socket = new KafkajsSocket(cluster, label);
    try {
      checkVersions(await socket.#ask(API_VERSIONS, null), label);
      await socket.#refresh();
      return socket;
    } catch (error) {
      await socket.close();
      if (!(error instanceof KafkaError) || error.code !== "KAFKA_RESPONSE") throw error;
      throw unsupportedClient(
        `The first request through kafkajs was not answered as it should be: ${error.what}`,
        error,
      );
    }
  }

  async send(node: number | null, request: KafkaRequest): Promise<Uint8Array> {
    this.#requireOpen();
    return node === null ? this.#sendToAny(request) : this.#exchange(await this.#broker(node), request);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const brokers = new Set(this.#brokers.values());
    this.#brokers.clear();
    await Promise.all([...brokers].map(dropped));
    await this.#cluster.disconnect();
  }

  /** Those that are connected take turns, so that one that does not answer is not asked again at once. */
  async #sendToAny(request: KafkaRequest): Promise<Uint8Array> {
    const connected = [...this.#brokers.values()].filter((broker) => broker.isConnected());
    if (connected.length > 0) return this.#exchange(connected[this.#turn++ % connected.length]!, request);
    try {
      return await this.#exchange(await this.#seed(), request);
    } catch (failure) {
      this.#isSeedBad = true;
      if (failure instanceof KafkaError || this.#brokers.size === 0) throw failure;
      const known = [...this.#brokers.values()];
      return this.#exchange(known[this.#turn++ % known.length]!, request);
    }
  }

  /** Not through kafkajs's own connecting, which tries again and again before it says that nobody is there. */
  async #seed(): Promise<KafkajsBroker> {
    const { brokerPool } = this.#cluster;
    if (this.#isSeedBad) await brokerPool.createSeedBroker();
    this.#isSeedBad = false;
    return brokerPool.seedBroker!;
  }

  async #broker(node: number): Promise<KafkajsBroker> {
    if (this.#isStale || !this.#brokers.has(node)) await this.#refresh();
    const broker = this.#brokers.get(node);
    if (broker === undefined) throw new Error(`the cluster knows no broker ${node} at present`);
    return broker;
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshAddresses().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshAddresses(): Promise<void> {
    const { brokers } = await this.#ask(METADATA, { by: "name", names: [] });
    this.#isStale = false;
    for (const address of brokers) await this.#learn(address);
    const current = new Set(brokers.map(({ node }) => node));
    for (const node of [...this.#brokers.keys()]) if (!current.has(node)) await this.#forget(node);
  }

  async #learn(address: BrokerAddress): Promise<void> {
    const { node, host, port } = address;
    const known = this.#brokers.get(node);
    if (known !== undefined && isAt(known, address)) return;
    if (known !== undefined) await this.#forget(node);
    const { brokerPool, connectionPoolBuilder, rootLogger } = this.#cluster;
    const { seedBroker } = brokerPool;
    if (seedBroker !== undefined && isAt(seedBroker, address)) {
      this.#brokers.set(node, seedBroker);
      return;
    }
    const connectionPool = await connectionPoolBuilder.build({ host, port });
    this.#brokers.set(
      node,
      brokerPool.createBroker({ logger: rootLogger, versions: null, connectionPool, nodeId: node }),
    );
  }

  async #forget(node: number): Promise<void> {
    const broker = this.#brokers.get(node);
    this.#brokers.delete(node);
    if (broker !== undefined) await dropped(broker);
  }

  async #ask<Q, R>(api: KafkaApi<Q, R>, question: Q): Promise<R> {
    const writer = new WireWriter();
    api.encode(writer, question);
    const { api: key, name, version, flexible } = api;
    const request = { api: key, name, version, flexible, body: writer.bytes, timeoutMs: SELF_TEST_MS };
    const reader = new WireReader(await this.#sendToAny(request), `${name} answer of ${this.#label}`);
    const answer = api.decode(reader);
    reader.end();
    return answer;
  }

  async #exchange(broker: KafkajsBroker, request: KafkaRequest): Promise<Uint8Array> {
    try {
      await this.#ready(broker, request.api);
      this.#requireOpen();
      const body = Buffer.from(request.flexible ? withEmptyTags(request.body) : request.body);
      const payload = await broker.connectionPool.send({
        requestTimeout: request.timeoutMs,
        logResponseError: false,
        request: {
          apiKey: request.api,
          apiVersion: request.version,
          apiName: request.name,
          // kafkajs checks one of the two and writes the other.
          encode: async () => ({ buf: body, buffer: body }),
        },
        response: { decode: async (bytes) => bytes, parse: async (bytes) => bytes },
      });
      return answerOf(payload, request);
    } catch (error) {
      this.#isStale = true;
      if (isTimeout(error)) await cut(broker, request.api);
      throw kafkajsFailure(error, addressOf(broker));
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new KafkaError("KAFKA_CLOSED", `The connection to ${this.#label} was closed.`);
  }

  async #ready(broker: KafkajsBroker, api: number): Promise<void> {
    const index = connectionOf(api);
    if (broker.isConnected() && broker.connectionPool.pool[index]!.isConnected()) return;
    const before = this.#connecting.get(broker) ?? Promise.resolve();
    const connecting = before.then(
      () => connect(broker, index),
      () => connect(broker, index),
    );
    this.#connecting.set(broker, connecting);
    await connecting;
    // Closed while it was being connected: nobody else will end it.
    if (this.#isClosed) await dropped(broker);
  }
}

async function connect(broker: KafkajsBroker, index: number): Promise<void> {
  if (!broker.isConnected()) await broker.connect();
  if (!broker.connectionPool.pool[index]!.isConnected()) await broker.connectionPool.getConnection(index);
}

/** As kafkajs chooses it. */
function connectionOf(api: number): number {
  return api === FETCH_KEY ? 1 : 0;
}

function isAt(broker: KafkajsBroker, { host, port }: BrokerAddress): boolean {
  return broker.connectionPool.host === host && broker.connectionPool.port === port;
}

function addressOf({ connectionPool: { host, port } }: KafkajsBroker): string {
  return `${host}:${port}`;
}

function withEmptyTags(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 1);
  bytes.set(body, 1);
  return bytes;
}

/** A new header ends with tagged fields. */
function answerOf(payload: unknown, { name, flexible }: KafkaRequest): Uint8Array {
  if (!(payload instanceof Uint8Array)) throw unsupportedClient(`kafkajs gave no bytes for the answer to ${name}`);
  const bytes = new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  if (!flexible) return bytes;
  const reader = new WireReader(bytes, `header of the ${name} answer`);
  reader.skipTags();
  return bytes.subarray(reader.position);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "KafkaJSRequestTimeoutError";
}

/** A connection that gives no answers may be dead without anybody having said so. */
async function cut(broker: KafkajsBroker, api: number): Promise<void> {
  const connection = broker.connectionPool.pool[connectionOf(api)]!;
  connection.rejectRequests(new Error("the connection was given up: an answer did not come in time"));
  await connection.disconnect();
}

/** Does not wait for answers: kafkajs would, for a long poll or a broker that hangs. */
async function dropped(broker: KafkajsBroker): Promise<void> {
  for (const connection of broker.connectionPool.pool)
    connection.rejectRequests(new Error("the connection was closed"));
  await broker.disconnect();
}
