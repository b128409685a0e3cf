import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Broker, startBroker } from "../../tools/kafka/broker.mjs";
import { VERSION } from "./broker-version.js";

/** A broker that nobody else uses: its owner may do with it what it likes, and removes it. */
export async function newBroker(): Promise<Broker> {
  return startBroker({ directory: await mkdtemp(join(tmpdir(), "millrace-kafka-")), version: VERSION });
}

/** The same for one test: removed when it ends. */
export async function ownBroker(): Promise<Broker> {
  const broker = await newBroker();
  onTestFinished(() => broker.remove());
  return broker;
}
