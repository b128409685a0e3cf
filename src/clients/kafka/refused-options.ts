import type { Options } from "../../common/check-options.js";
import { OptionError } from "../../common/millrace-error.js";

const BYTES = "Keys and values are read and written as bytes: use cast, fromJson and toJson.";
const PRODUCER = "The sink's guarantee decides it: set the option 'guarantee'.";
const POSITIONS =
  "Positions are kept in the checkpoint: use 'startingOffsets', and 'commitOffsetsToGroup' to show them.";

/** What Kafka's clients know and would break what is promised here, with what to say instead. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["kafka.group.id", POSITIONS],
  ["kafka.group.instance.id", POSITIONS],
  ["kafka.auto.offset.reset", POSITIONS],
  ["kafka.enable.auto.commit", POSITIONS],
  ["kafka.auto.commit.interval.ms", POSITIONS],
  ["kafka.key.deserializer", BYTES],
  ["kafka.value.deserializer", BYTES],
  ["kafka.key.serializer", BYTES],
  ["kafka.value.serializer", BYTES],
  ["kafka.interceptor.classes", "Nothing may change records on their way: use columns."],
  ["kafka.isolation.level", "Use the option 'isolationLevel'."],
  ["kafka.enable.idempotence", PRODUCER],
  ["kafka.transactional.id", PRODUCER],
  ["kafka.acks", PRODUCER],
  ["kafka.retries", PRODUCER],
  ["kafka.max.in.flight.requests.per.connection", PRODUCER],
  ["kafka.partitioner.class", "Use the column 'partition'."],
  ["kafka.allow.auto.create.topics", "Create topics before the query starts."],
  ["kafka.compression.type", "Use the option 'compression'."],
  ["kafka.sasl.jaas.config", "Use the options 'kafka.sasl.username' and 'kafka.sasl.password'."],
  ["kafka.ssl.truststore.location", "Use the option 'ssl' with the certificate authority as text: { ca: [pem] }."],
  ["kafka.ssl.keystore.location", "Use the option 'ssl' with key and certificate as text: { key, cert }."],
]);

export function refuseForeignOptions(options: Options, where: string): void {
  for (const [name, value] of Object.entries(options)) {
    const hint = REFUSED.get(name);
    if (hint === undefined || value === undefined) continue;
    throw new OptionError("OPTION_REFUSED", `Option '${name}' cannot be given to ${where}.`, { hint });
  }
}
