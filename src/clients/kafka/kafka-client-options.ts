import type { Options } from "../../common/check-options.js";
import type { KafkaSocketProvider } from "./kafka-socket.js";

/** The options that say which cluster: what `clientOf` takes. */
export const CLIENT_OPTIONS: readonly string[] = [
  "client",
  "brokers",
  "ssl",
  "sasl",
  "clientId",
  "kafka.bootstrap.servers",
  "kafka.brokers",
  "kafka.client.id",
  "kafka.ssl",
  "kafka.sasl",
  "kafka.security.protocol",
  "kafka.sasl.mechanism",
  "kafka.sasl.username",
  "kafka.sasl.password",
];

/** The cluster that the options name. `where`: for messages, e.g. `Source kafka`. Refuses `kafka.*` options that would break exactness. */
export declare function clientOf(options: Options, where: string): KafkaSocketProvider;
