import { Kafka } from "kafkajs";
import { expect, test } from "vitest";
import { CLIENT_OPTIONS, clientOf } from "../../../src/clients/kafka/kafka-client-options.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";

const of = (options: Readonly<Record<string, unknown>>) => clientOf(options, "the Kafka source");

test("brokers as a list, as text and as Kafka's own option", () => {
  expect(of({ brokers: ["a:9092", "b:9093"] }).label).toBe("a:9092,b:9093");
  expect(of({ brokers: "a:9092, b:9093" }).label).toBe("a:9092,b:9093");
  expect(of({ "kafka.bootstrap.servers": "a:9092" }).label).toBe("a:9092");
  expect(of({ "kafka.brokers": "a:9092", startingOffsets: "earliest" }).label).toBe("a:9092");
});

test("a client of the program's own, and anything that opens sockets", () => {
  expect(of({ client: new Kafka({ brokers: ["a:1"], logLevel: 0 }) }).label).toBe("the kafkajs client given");
  const provider = new FakeBroker().provider();
  expect(of({ client: provider })).toBe(provider);
});

test("every way to say security", () => {
  const sasl = { mechanism: "plain", username: "u", password: "secret" };
  const flat = { "kafka.sasl.mechanism": "SCRAM-SHA-512", "kafka.sasl.username": "u", "kafka.sasl.password": "secret" };
  for (const options of [
    { ssl: true },
    { ssl: { ca: ["pem"] }, sasl },
    { "kafka.ssl": "true", "kafka.sasl": sasl },
    { "kafka.security.protocol": "SASL_SSL", ...flat },
    { "kafka.security.protocol": "ssl", ssl: { ca: ["pem"] } },
    { "kafka.security.protocol": "PLAINTEXT", ssl: false },
    { clientId: "me" },
    { "kafka.client.id": "me", sasl: undefined },
  ]) {
    const provider = of({ brokers: "a:9092", ...options });
    expect(provider.label).toBe("a:9092");
    expect(JSON.stringify(provider)).not.toContain("secret");
  }
});

const INVALID: readonly [Readonly<Record<string, unknown>>, string][] = [
  [{}, "OPTION_MISSING: the Kafka source needs the option 'brokers', or 'client'."],
  [{ brokers: [] }, "OPTION_INVALID: Option 'brokers' of the Kafka source must be addresses with ports"],
  [{ brokers: "a" }, "Option 'brokers'"],
  [{ "kafka.bootstrap.servers": "PLAINTEXT://a:9092" }, "Option 'kafka.bootstrap.servers'"],
  [{ brokers: "a:1", "kafka.brokers": "a:1" }, "left out where 'brokers' is given: they mean the same"],
  [{ client: 3 }, "Option 'client' of the Kafka source must be a Kafka object of kafkajs"],
  [{ client: {} }, "KAFKA_CLIENT_UNSUPPORTED"],
  [{ client: {}, brokers: "a:1" }, "Option 'brokers' of the Kafka source must be left out where 'client' is given"],
  [{ brokers: "a:1", ssl: 3 }, "Option 'ssl' of the Kafka source must be true, false, or the options of Node's TLS"],
  [{ brokers: "a:1", sasl: "secret" }, "Option 'sasl' of the Kafka source must be { mechanism"],
  [{ brokers: "a:1", clientId: "" }, "Option 'clientId' of the Kafka source must be text"],
  [{ brokers: "a:1", "kafka.security.protocol": "TLS" }, "must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"],
  [{ brokers: "a:1", "kafka.security.protocol": "SASL_SSL" }, "must be accompanied by the option 'sasl'"],
  [{ brokers: "a:1", "kafka.security.protocol": "SSL", ssl: false }, "Option 'ssl' of the Kafka source must be as"],
  [{ brokers: "a:1", "kafka.sasl.mechanism": "GSSAPI" }, "must be one of plain, scram-sha-256, scram-sha-512"],
  [{ brokers: "a:1", "kafka.sasl.username": "u" }, "must be with 'kafka.sasl.username' and 'kafka.sasl.password'"],
  [{ brokers: "a:1", sasl: {}, "kafka.sasl.username": "u" }, "must be left out where 'sasl' is given"],
  [{ brokers: "a:1", "kafka.bootstrap.server": "a:1" }, "OPTION_UNKNOWN"],
  [{ brokers: "a:1", "kafka.fetch.min.bytes": 1 }, "OPTION_UNKNOWN"],
];

for (const [options, message] of INVALID) {
  test(`refused: ${JSON.stringify(options)}`, () => {
    expect(() => of(options)).toThrow(message);
    expect(() => of(options)).not.toThrow("secret");
  });
}

test("options that would break what is promised are refused with the way out", () => {
  for (const [name, hint] of [
    ["kafka.group.id", "startingOffsets"],
    ["kafka.auto.offset.reset", "startingOffsets"],
    ["kafka.key.deserializer", "cast"],
    ["kafka.value.serializer", "toJson"],
    ["kafka.isolation.level", "isolationLevel"],
    ["kafka.transactional.id", "guarantee"],
    ["kafka.acks", "guarantee"],
    ["kafka.sasl.jaas.config", "kafka.sasl.username"],
  ] as const) {
    expect(CLIENT_OPTIONS).not.toContain(name);
    const refusal = expect(() => of({ brokers: "a:1", [name]: "x" }));
    refusal.toThrow(`OPTION_REFUSED: Option '${name}' cannot be given to the Kafka source.`);
    expect(() => of({ brokers: "a:1", [name]: "x" })).toThrow(hint);
  }
  expect(() => of({ brokers: "a:1", "kafka.group.id": undefined })).not.toThrow();
});
