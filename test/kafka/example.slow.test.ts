import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { sharedBroker } from "./shared-broker.js";

const EXAMPLE = fileURLToPath(new URL("../../examples/kafka-orders.mjs", import.meta.url));

test("every order that the example sends is in a total, or was too late", async () => {
  const { address } = await sharedBroker();
  const env = { ...process.env, KAFKA_BROKERS: address, SECONDS: "3" };
  const { stdout } = await promisify(execFile)(process.execPath, [EXAMPLE], { env });
  expect(stdout).toMatch(/exactly-once/);
  expect(stdout).toMatch(/country {2}orders {5}revenue\n {10}DE /);
  expect(stdout).toMatch(/^[1-9]\d* orders sent = [1-9]\d* in the totals \+ \d+ too late: yes$/m);
});
