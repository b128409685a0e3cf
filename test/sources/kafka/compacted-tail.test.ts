import { expect, it } from "vitest";
import { WireCluster } from "../../../src/clients/kafka/wire-cluster.js";
import { isTailGone } from "../../../src/sources/kafka/compacted-tail.js";
import { hastyBroker, never } from "./source-on-broker.js";

it("sees that nothing is left only where a later batch is", async () => {
  const broker = hastyBroker();
  const id = broker.createTopic("orders");
  broker.append("orders", 0, [{ key: "a", value: "1" }]);
  broker.append("orders", 0, [{ value: "compaction takes it: it has no key" }]);
  broker.append("orders", 0, [{ key: "b", value: "2" }, { key: "c" }], { transaction: "open" });
  const cluster = await WireCluster.open(broker.provider(), { clock: broker.clock, deadlineMs: 1000 });
  const isGone = (next: number, to: number): Promise<boolean> => {
    const range = { topic: "orders", id, partition: 0, from: 0, to };
    return isTailGone(cluster, { range, next }, never);
  };
  expect(await isGone(1, 2)).toBe(false);
  broker.compact("orders");
  expect(await isGone(1, 2)).toBe(true);
  expect(await isGone(0, 2)).toBe(false);
  expect(await isGone(1, 3)).toBe(false);
  expect(await isGone(3, 4)).toBe(false);
  expect(await isGone(4, 4)).toBe(false);
  await cluster.close();
});
