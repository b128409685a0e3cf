import { expect, it } from "vitest";
import { chunkFromObjects } from "../../../src/columnar/from-objects.js";
import type { KafkaSink } from "../../../src/sinks/kafka/kafka-sink.js";
import type { SinkBatch } from "../../../src/sinks/sink.js";
import { runBatch } from "../../contracts/sink-contract.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";
import type { Fault } from "../../fakes/kafka/faults.js";
import { HastyClock } from "../../fakes/kafka/hasty-clock.js";
import { Random } from "../../laws/cases/random.js";
import { committedText, type HastyBroker, keyValue, shape, sinkOn } from "./sink-on-broker.js";

const ROUNDS = Number(process.env["FAULT_ROUNDS"] ?? 40);
const SEED = Number(process.env["FAULT_SEED"] ?? 1);
const NODES = 3;
const PARTITIONS = 4;
const BATCHES = 6;
const ROWS = 20;
const MOST_RUNS = 60;
const APIS = [
  ...["InitProducerId", "AddPartitionsToTxn", "Produce", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn"],
  ...["FindCoordinator", "Metadata", "OffsetFetch", "ListOffsets", "Fetch", "CreateTopics"],
];
/** Codes that pass, and those that end a producer. */
const FAULTS: readonly Fault[] = ["lost request", "lost reply", 3, 5, 6, 7, 14, 15, 16, 19, 20, 51, 45, 47, 48, 59];

it(`${ROUNDS} times random faults of a cluster whose leaders and coordinators move: every record is there once, in its order`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = new Random(SEED + round);
    const broker = new FakeBroker({ clock: new HastyClock(), nodes: NODES });
    broker.createTopic("out", { partitions: PARTITIONS });
    await writeAll(broker, random);
    const where = `FAULT_SEED=${SEED + round}`;
    const found = committedText(broker).map((records) => records.map((text) => Number(text.split("=")[0])));
    for (const numbers of found) expect(numbers, where).toEqual([...numbers].sort((a, b) => a - b));
    const all = Array.from({ length: BATCHES * ROWS }, (_, i) => i);
    expect(
      found.flat().sort((a, b) => a - b),
      where,
    ).toEqual(all);
    expect(broker.openSockets, where).toBe(0);
  }
});

/** Batch after batch; after a failure by a new run, as a query would. */
async function writeAll(broker: HastyBroker, random: Random): Promise<void> {
  for (let run = 0; run < MOST_RUNS; run++) {
    const sink = sinkOn(broker, { options: { maxBatchBytes: 150 } });
    try {
      await sink.open("q", "main", shape());
      await writeRest(sink, { broker, random, run });
      return;
    } catch {
      // The next run finds out what there is.
    } finally {
      await sink.close();
    }
  }
  throw new Error("no run came to the end");
}

async function writeRest(
  sink: KafkaSink,
  { broker, random, run }: { broker: HastyBroker; random: Random; run: number },
): Promise<void> {
  const done = (await sink.committed())?.batch ?? -1;
  for (let batch = done + 1; batch < BATCHES; batch++) {
    for (let faults = random.int(0, 3); faults > 0; faults--) disturb(broker, random);
    await runBatch(sink, batch, [rowsOf(batch)], run);
  }
}

function disturb(broker: HastyBroker, random: Random): void {
  const node = random.int(1, NODES);
  if (random.chance(0.2)) broker.moveLeader("out", random.int(0, PARTITIONS - 1), node);
  else if (random.chance(0.25)) broker.moveCoordinator("millrace-q-main", node);
  else broker.fail(random.pick(APIS), random.int(1, 4), random.pick(FAULTS));
}

function rowsOf(batch: number): SinkBatch {
  const rows = Array.from({ length: ROWS }, (_, i) => ({ key: `${batch * ROWS + i}`, value: "" }));
  return { chunk: chunkFromObjects(keyValue, rows), op: null };
}
