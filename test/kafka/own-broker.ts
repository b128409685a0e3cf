import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Broker, type BrokerOptions, startBroker } from "../../tools/kafka/broker.mjs";
import { VERSION } from "./broker-version.js";

/** A broker for one test, which may do with it what it likes. */
export async function ownBroker(options: Omit<BrokerOptions, "directory" | "version"> = {}): Promise<Broker> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-kafka-"));
  const broker = await startBroker({ ...options, directory, version: VERSION });
  onTestFinished(() => broker.remove());
  return broker;
}
