import { KafkaError } from "./kafka-error.js";

/** One connection of kafkajs to a broker. */
export interface KafkajsConnection {
  isConnected(): boolean;
  /** Ends the requests on their way. */
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

/** A request as kafkajs writes it behind its header, and what becomes of the answer's bytes. */
export interface KafkajsExchange {
  readonly requestTimeout: number;
  readonly logResponseError: boolean;
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: { decode(payload: Buffer): Promise<Buffer>; parse(payload: Buffer): Promise<Buffer> };
}

export interface KafkajsConnectionPool {
  readonly host: string;
  readonly port: number;
  /** One for Fetch, so that long polls hold up nothing, and one for all the rest. */
  readonly pool: readonly KafkajsConnection[];
  getConnection(index: number): Promise<KafkajsConnection>;
  send(exchange: KafkajsExchange): Promise<Buffer>;
}

export interface KafkajsBroker {
  readonly connectionPool: KafkajsConnectionPool;
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** What is used of kafkajs's private Cluster, whose shape is the same in all releases of 2.2. */
export interface KafkajsCluster {
  readonly rootLogger: object;
  readonly connectionPoolBuilder: {
    build(address: { readonly host: string; readonly port: number }): Promise<KafkajsConnectionPool>;
  };
  readonly brokerPool: {
    /** One of the brokers that the user named. */
    readonly seedBroker: KafkajsBroker | undefined;
    /** Takes the next of them, without connecting. */
    createSeedBroker(): Promise<void>;
    createBroker(parts: {
      readonly logger: object;
      /** Null: asked for when it connects. */
      readonly versions: null;
      readonly connectionPool: KafkajsConnectionPool;
      readonly nodeId: number;
    }): KafkajsBroker;
  };
  disconnect(): Promise<void>;
}

const CREATE_CLUSTER = "private:Kafka:createCluster";

type CreateCluster = (options: object) => unknown;

/** The maker of clusters that a `Kafka` object of kafkajs keeps under a private symbol. Refuses any other object. */
export function clusterMakerOf(kafka: object): () => KafkajsCluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof create !== "function") {
    throw unsupportedClient("The client given is not a Kafka object of the package kafkajs as it is known here");
  }
  return () =>
    checked((create as CreateCluster)({ metadataMaxAge: 300_000, allowAutoTopicCreation: false, isolationLevel: 1 }));
}

/** Another release of kafkajs may keep things elsewhere: better said than met in the middle of a query. */
function checked(cluster: unknown): KafkajsCluster {
  const lacking = [
    ...lackingFunctions(cluster, ["disconnect"]),
    ...lackingFunctions(partOf(cluster, "connectionPoolBuilder"), ["build"]),
    ...lackingFunctions(partOf(cluster, "brokerPool"), ["createSeedBroker", "createBroker"]),
  ];
  if (lacking.length === 0) return cluster as KafkajsCluster;
  throw unsupportedClient(`The kafkajs client has no ${lacking.join(", ")}`);
}

function partOf(owner: unknown, name: string): unknown {
  return typeof owner === "object" && owner !== null ? Reflect.get(owner, name) : undefined;
}

function lackingFunctions(owner: unknown, names: readonly string[]): string[] {
  return names.filter((name) => typeof partOf(owner, name) !== "function");
}

export function unsupportedClient(what: string, cause?: unknown): KafkaError {
  return new KafkaError("KAFKA_CLIENT_UNSUPPORTED", `${what}.`, {
    hint: "Give a Kafka object of kafkajs 2.2.x (2.2.4 is the one that is tested), or the options brokers, ssl and sasl.",
    cause,
  });
}
