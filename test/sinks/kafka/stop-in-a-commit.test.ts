import { expect, it } from "vitest";
import { col, MemoryStream, type QueryHandle, utf8 } from "../../../src/index.js";
import { withoutHanging } from "../../crash/run-query.js";
import { SimMachine } from "../../crash/sim-machine.js";
import { HastyClock } from "../../fakes/kafka/hasty-clock.js";
import { SimFileSystem } from "../../fakes/sim-file-system.js";
import { brokerWithTopic, committedText, type HastyBroker, sinkOn } from "./sink-on-broker.js";

const ROWS = 6;
const STOP_MS = 10_000;

function start(machine: SimMachine, broker: HastyBroker, clock: HastyClock): Promise<QueryHandle> {
  const stream = new MemoryStream({ value: utf8() });
  for (let i = 0; i < ROWS; i++) stream.add([{ value: `${i}` }]);
  return machine.session.readStream
    .memory(stream)
    .select(col("value"))
    .writeStream.trigger({ availableNow: true })
    .option("maxRowsPerTrigger", 1)
    .checkpoint("/state")
    .sink({ label: "kafka(out)", make: () => sinkOn(broker, { clock }) })
    .start();
}

/** The third call of that API comes to a stand. */
function standstill(broker: HastyBroker, hook: "onRequest" | "onReply", api: string) {
  let release = (): void => {};
  let arrive = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  let isStill = false;
  let calls = 0;
  broker[hook] = (call) => {
    if (call.api !== api || ++calls !== 3) return undefined;
    isStill = true;
    arrive();
    return released;
  };
  return { release, arrived, clock: new HastyClock(() => (isStill ? released : null)) };
}

it.each(["AddPartitionsToTxn", "Produce", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn"])(
  "a query that is stopped while it waits for %s ends in time, and goes on with every row once",
  async (api) => {
    for (const hook of ["onRequest", "onReply"] as const) {
      const broker = brokerWithTopic();
      const files = new SimFileSystem();
      const machine = new SimMachine(files);
      const { release, arrived, clock } = standstill(broker, hook, api);
      const query = await start(machine, broker, clock);
      await arrived;
      const stopped = query.stop();
      await machine.clock.advance(STOP_MS);
      await withoutHanging(stopped, `stop() at ${hook} of ${api}`);
      broker[hook] = null;
      const again = await start(new SimMachine(files, 1), broker, broker.clock);
      release();
      await withoutHanging(again.awaitTermination());
      expect(committedText(broker), hook).toEqual([Array.from({ length: ROWS }, (_, i) => `=${i}`)]);
    }
  },
);
