import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Broker, startBroker } from "../../tools/kafka/broker.mjs";
import { VERSION } from "./broker-version.js";

const run = promisify(execFile);

/** What a user of a way in has to know, and where it is. */
export interface WayIn {
  readonly address: string;
  /** The certificate that the broker shows, as text. */
  readonly certificate: string;
}

/** A broker with three more ways in: TLS, SASL/PLAIN, and SCRAM over TLS. */
export class SecuredBroker {
  static readonly PLAIN = { username: "alice", password: "alice's secret" };
  static readonly SCRAM = { username: "bob", password: "bob-secret" };
  readonly #broker: Broker;
  readonly #certificate: string;

  private constructor(broker: Broker, certificate: string) {
    this.#broker = broker;
    this.#certificate = certificate;
  }

  static async start(): Promise<SecuredBroker> {
    const directory = await mkdtemp(join(tmpdir(), "millrace-kafka-"));
    const { certificate, keyStore } = await certify(directory);
    const { username, password } = SecuredBroker.SCRAM;
    const broker = await startBroker({
      directory,
      version: VERSION,
      extra: properties(keyStore),
      format: ["--add-scram", `SCRAM-SHA-256=[name=${username},password=${password}]`],
    });
    return new SecuredBroker(broker, certificate);
  }

  get plaintext(): string {
    return this.#broker.address;
  }

  get tls(): WayIn {
    return this.#wayIn(2);
  }

  get saslPlain(): WayIn {
    return this.#wayIn(3);
  }

  get scramOverTls(): WayIn {
    return this.#wayIn(4);
  }

  remove(): Promise<void> {
    return this.#broker.remove();
  }

  #wayIn(port: number): WayIn {
    return { address: `127.0.0.1:${this.#broker.port + port}`, certificate: this.#certificate };
  }
}

/** A certificate for this machine that nobody has signed, and with its key as the broker wants it. */
async function certify(directory: string): Promise<{ certificate: string; keyStore: string }> {
  const [key, certificate, keyStore] = ["key.pem", "certificate.pem", "store.pem"].map((name) => join(directory, name));
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", certificate];
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, ...files]);
  const text = await readFile(certificate, "utf8");
  await writeFile(keyStore, `${await readFile(key, "utf8")}${text}`);
  await rm(key);
  return { certificate: text, keyStore };
}

function properties(keyStore: string): string[] {
  const { username, password } = SecuredBroker.PLAIN;
  const ways = "PLAINTEXT://127.0.0.1:PORT+0,TLS://127.0.0.1:PORT+2,PLAIN://127.0.0.1:PORT+3,SCRAM://127.0.0.1:PORT+4";
  const security = "org.apache.kafka.common.security";
  return [
    `listeners=${ways},CONTROLLER://127.0.0.1:PORT+1`,
    `advertised.listeners=${ways}`,
    "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,TLS:SSL,PLAIN:SASL_PLAINTEXT,SCRAM:SASL_SSL",
    "ssl.keystore.type=PEM",
    `ssl.keystore.location=${keyStore}`,
    "listener.name.plain.sasl.enabled.mechanisms=PLAIN",
    `listener.name.plain.plain.sasl.jaas.config=${security}.plain.PlainLoginModule required user_${username}="${password}";`,
    "listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-256",
    `listener.name.scram.scram-sha-256.sasl.jaas.config=${security}.scram.ScramLoginModule required;`,
  ];
}
