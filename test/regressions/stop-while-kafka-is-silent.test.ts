import { describe, expect, it } from "vitest";
import { FakeBroker } from "../fakes/kafka/fake-broker.js";
import { settle, TestMachine } from "../fakes/test-machine.js";
import { fill } from "../sources/kafka/source-on-broker.js";

async function queryOn(machine: TestMachine, broker: FakeBroker, checkpoint: string | null) {
  const writer = machine.session.readStream
    .kafka({ client: broker.provider(), subscribe: "orders", startingOffsets: "earliest" })
    .writeStream.stopTimeout("3 seconds");
  return (checkpoint === null ? writer : writer.checkpoint(checkpoint)).memory("t").start();
}

/** How long a stop took, in seconds of the clock. */
async function secondsToStop(machine: TestMachine, query: { stop(): Promise<void> }): Promise<number> {
  let isStopped = false;
  const stopping = query.stop().then(() => {
    isStopped = true;
  });
  for (let seconds = 0; ; seconds++) {
    await settle();
    if (isStopped || seconds === 60) {
      await stopping;
      return seconds;
    }
    await machine.clock.advance(1_000);
  }
}

describe("a query that is stopped while its brokers do not answer", () => {
  it.each([["state", 3] as const, [null, 0] as const])(
    "as it starts (checkpoint: %s) ends within the stop timeout and leaves nothing behind",
    async (directory, most) => {
      const machine = new TestMachine();
      const broker = new FakeBroker();
      broker.createTopic("orders");
      broker.stall(1);
      const query = await queryOn(machine, broker, directory);
      await settle();
      expect(await secondsToStop(machine, query)).toBe(most);
      await settle();
      expect(query.exception).toBeNull();
      expect(broker.openSockets).toBe(0);
      expect(machine.clock.sleeping).toBe(0);
    },
  );

  it("as it looks for new partitions ends at once", async () => {
    const machine = new TestMachine();
    const broker = new FakeBroker({ clock: machine.clock });
    broker.createTopic("orders");
    fill(broker, "orders", [2]);
    const query = await queryOn(machine, broker, "state");
    await query.processAllAvailable();
    broker.stall(1);
    await machine.clock.advance(31_000);
    await settle();
    expect(await secondsToStop(machine, query)).toBe(0);
    expect(query.exception).toBeNull();
    expect(broker.openSockets).toBe(0);
  });
});
