/** Which Kafka cluster, and how to get there. */
export interface KafkaConnection {
  /** The program's own `Kafka` object of the package kafkajs, with all that was said to it. The others are for where there is none. */
  readonly client?: object;
  /** `host:port` of some brokers; they tell of the others. */
  readonly brokers?: string | readonly string[];
  /** true, or the options of Node's TLS. */
  readonly ssl?: boolean | object;
  /** `{ mechanism, username, password }`; mechanism: "plain", "scram-sha-256" or "scram-sha-512". */
  readonly sasl?: object;
  /** What the brokers' logs call this program. */
  readonly clientId?: string;
}
