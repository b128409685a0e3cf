import type { KafkaConfig } from "kafkajs";
import { KafkaError } from "./kafka-error.js";
import type { KafkaSocketProvider } from "./kafka-socket.js";
import { clusterMakerOf, type KafkajsCluster } from "./kafkajs-cluster.js";
import { KafkajsSocket } from "./kafkajs-socket.js";

/** How to get to a cluster, in kafkajs's words. */
export interface KafkajsAccess {
  readonly brokers: readonly string[];
  readonly ssl: boolean | object | null;
  readonly sasl: object | null;
  readonly clientId: string;
}

const CONNECT_MS = 5000;
const NO_LOG = 0;

/** Sockets through the user's own `Kafka` object, with everything that was said to it. */
export function providerOf(kafka: object): KafkaSocketProvider {
  const makeCluster = clusterMakerOf(kafka);
  return provider("the kafkajs client given", async () => makeCluster());
}

/** Sockets through a `Kafka` object made here; the optional package kafkajs is loaded when the first one is opened. */
export function providerFor(access: KafkajsAccess): KafkaSocketProvider {
  return provider(access.brokers.join(","), async () => {
    const { Kafka } = await loaded();
    return clusterMakerOf(new Kafka(configOf(access)))();
  });
}

/** A cluster that could not be reached is tried again next time: it knows which of the user's brokers comes next. */
function provider(label: string, makeCluster: () => Promise<KafkajsCluster>): KafkaSocketProvider {
  let unreached: KafkajsCluster | null = null;
  return {
    label,
    openSocket: async () => {
      const cluster = unreached ?? (await makeCluster());
      unreached = null;
      try {
        return await KafkajsSocket.open(cluster, label);
      } catch (error) {
        unreached = cluster;
        throw error;
      }
    },
  };
}

async function loaded(): Promise<typeof import("kafkajs")> {
  try {
    return await import("kafkajs");
  } catch (cause) {
    throw new KafkaError("PACKAGE_MISSING", "Kafka needs the package 'kafkajs', which is not installed.", {
      hint: "Install it: npm install kafkajs",
      cause,
    });
  }
}

/** Retries are ours: kafkajs tries once, and says what happened. */
function configOf({ brokers, ssl, sasl, clientId }: KafkajsAccess): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId,
    logLevel: NO_LOG,
    connectionTimeout: CONNECT_MS,
    requestTimeout: CONNECT_MS,
    retry: { retries: 0, initialRetryTime: 1 },
    ...(ssl === null ? {} : { ssl }),
    ...(sasl === null ? {} : { sasl: sasl as NonNullable<KafkaConfig["sasl"]> }),
  };
}
