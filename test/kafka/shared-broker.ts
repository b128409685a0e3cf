import { inject } from "vitest";
import { type Broker, startBroker } from "../../tools/kafka/broker.mjs";
import { VERSION } from "./broker-version.js";

/** The broker that all suites of a run share, started by the first that asks. Faults are for brokers of a suite's own. */
export function sharedBroker(): Promise<Broker> {
  return startBroker({ directory: inject("kafkaDirectory"), version: VERSION });
}
