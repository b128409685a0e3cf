import { checkOptions, type Options } from "../../common/check-options.js";
import { OptionError } from "../../common/millrace-error.js";
import type { KafkaSocketProvider } from "./kafka-socket.js";
import { providerFor, providerOf } from "./kafkajs-provider.js";
import { refuseForeignOptions } from "./refused-options.js";

/** The names of each thing that can be said: the typed one first. */
const BROKERS = ["brokers", "kafka.bootstrap.servers", "kafka.brokers"];
const SSL = ["ssl", "kafka.ssl"];
const SASL = ["sasl", "kafka.sasl"];
const CLIENT_ID = ["clientId", "kafka.client.id"];
const PROTOCOL = "kafka.security.protocol";
const MECHANISM = "kafka.sasl.mechanism";
const USERNAME = "kafka.sasl.username";
const PASSWORD = "kafka.sasl.password";
const FLAT_SASL = [MECHANISM, USERNAME, PASSWORD];

/** The options that say which cluster: what `clientOf` takes. */
export const CLIENT_OPTIONS: readonly string[] = [
  "client",
  ...BROKERS,
  ...SSL,
  ...SASL,
  ...CLIENT_ID,
  PROTOCOL,
  ...FLAT_SASL,
];

/** What is left for sources and sinks: names of Kafka's own are known or refused by `clientOf`. */
export function withoutClientOptions(options: Options): Options {
  const isOwn = (name: string): boolean => !CLIENT_OPTIONS.includes(name) && !name.startsWith("kafka.");
  return Object.fromEntries(Object.entries(options).filter(([name]) => isOwn(name)));
}

const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"];
const PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

/**
 * The cluster that the options name. `where`: for messages, e.g. `the Kafka source`. Looks at CLIENT_OPTIONS and at
 * everything that begins with `kafka.`: options that would break what is promised are refused with what to say instead.
 */
export function clientOf(options: Options, where: string): KafkaSocketProvider {
  refuseForeignOptions(options, where);
  const clientOptions = Object.entries(options).filter(([name]) => name.startsWith("kafka."));
  checkOptions(Object.fromEntries(clientOptions), CLIENT_OPTIONS, where);
  const client = options["client"];
  if (client === undefined) {
    return providerFor({
      brokers: brokersOf(options, where),
      ssl: sslOf(options, where),
      sasl: saslOf(options, where),
      clientId: textOf(options, CLIENT_ID, where) ?? "millrace",
    });
  }
  const other = CLIENT_OPTIONS.find((name) => name !== "client" && options[name] !== undefined);
  if (other !== undefined) throw invalid(other, where, "left out where 'client' is given: the client knows it");
  if (typeof client !== "object" || client === null) throw invalid("client", where, "a Kafka object of kafkajs");
  return isProvider(client) ? client : providerOf(client);
}

function isProvider(client: object): client is KafkaSocketProvider {
  return "openSocket" in client && typeof client.openSocket === "function";
}

function brokersOf(options: Options, where: string): readonly string[] {
  const [name, value] = oneOf(options, BROKERS, where);
  if (value === undefined) {
    throw new OptionError("OPTION_MISSING", `${where} needs the option 'brokers', or 'client'.`, {
      hint: `E.g. brokers: ["localhost:9092"]; or client: the Kafka object of kafkajs that the program has.`,
    });
  }
  const list: unknown = typeof value === "string" ? value.split(",").map((address) => address.trim()) : value;
  const isList = Array.isArray(list) && list.length > 0 && list.every(isAddress);
  if (!isList) throw invalid(name, where, "addresses with ports, e.g. 'host1:9092,host2:9092'");
  return list;
}

function isAddress(value: unknown): value is string {
  return typeof value === "string" && /^[^\s:,/]+:[0-9]{1,5}$/.test(value);
}

function sslOf(options: Options, where: string): boolean | object | null {
  const [name, value] = oneOf(options, SSL, where);
  const byProtocol = securityOf(options, where)?.endsWith("SSL");
  const ssl = value === "true" ? true : value === "false" ? false : value;
  if (ssl === undefined) return byProtocol === true ? true : null;
  const isKnown = typeof ssl === "boolean" || (typeof ssl === "object" && ssl !== null);
  if (!isKnown) throw invalid(name, where, "true, false, or the options of Node's TLS");
  if (byProtocol !== undefined && byProtocol !== (ssl !== false)) {
    throw invalid(name, where, `as '${PROTOCOL}' says`);
  }
  return ssl === false ? null : ssl;
}

function saslOf(options: Options, where: string): object | null {
  const [name, value] = oneOf(options, SASL, where);
  const flat = FLAT_SASL.filter((option) => options[option] !== undefined);
  const needsSasl = securityOf(options, where)?.startsWith("SASL") === true;
  if (value !== undefined) {
    if (flat.length > 0) throw invalid(flat[0]!, where, `left out where '${name}' is given`);
    if (typeof value !== "object" || value === null) throw invalid(name, where, "{ mechanism, username, password }");
    return value;
  }
  if (flat.length > 0) return flatSasl(options, where);
  if (needsSasl) throw invalid(PROTOCOL, where, "accompanied by the option 'sasl'");
  return null;
}

function flatSasl(options: Options, where: string): object {
  const mechanism = textOf(options, [MECHANISM], where)?.toLowerCase() ?? "plain";
  if (!MECHANISMS.includes(mechanism)) throw invalid(MECHANISM, where, `one of ${MECHANISMS.join(", ")}`);
  const username = textOf(options, [USERNAME], where);
  const password = textOf(options, [PASSWORD], where);
  if (username === null || password === null) throw invalid(MECHANISM, where, `with '${USERNAME}' and '${PASSWORD}'`);
  return { mechanism, username, password };
}

function securityOf(options: Options, where: string): string | null {
  const protocol = textOf(options, [PROTOCOL], where)?.toUpperCase() ?? null;
  if (protocol === null || PROTOCOLS.includes(protocol)) return protocol;
  throw invalid(PROTOCOL, where, `one of ${PROTOCOLS.join(", ")}`);
}

function textOf(options: Options, names: readonly string[], where: string): string | null {
  const [name, value] = oneOf(options, names, where);
  if (value === undefined) return null;
  if (typeof value !== "string" || value === "") throw invalid(name, where, "text");
  return value;
}

/** The one name that is given; two would have to agree. */
function oneOf(options: Options, names: readonly string[], where: string): readonly [string, unknown] {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length > 1) throw invalid(given[1]!, where, `left out where '${given[0]}' is given: they mean the same`);
  const name = given[0] ?? names[0]!;
  return [name, options[name]];
}

/** Without the value: it may be a secret. */
function invalid(name: string, where: string, wanted: string): OptionError {
  return new OptionError("OPTION_INVALID", `Option '${name}' of ${where} must be ${wanted}.`);
}
