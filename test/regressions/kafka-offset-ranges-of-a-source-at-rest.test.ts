import { expect, it } from "vitest";
import { type KafkaOffsetRange, kafkaOffsetRanges } from "../../src/sources/kafka/kafka-offset-ranges.js";
import { FakeBroker } from "../fakes/kafka/fake-broker.js";
import { TestMachine } from "../fakes/test-machine.js";
import { append, fill } from "../sources/kafka/source-on-broker.js";

it("a batch took nothing of a source that did not move, though its place says where new partitions began", async () => {
  const machine = new TestMachine();
  const broker = new FakeBroker({ clock: machine.clock });
  broker.createTopic("a");
  broker.createTopic("b");
  const topic = (subscribe: string) =>
    machine.session.readStream.kafka({ client: broker.provider(), subscribe, startingOffsets: "earliest" });
  const taken: (readonly KafkaOffsetRange[])[][] = [];
  const query = await topic("a")
    .union(topic("b"))
    .writeStream.foreachBatch((_batch, _id, { sources }) => void taken.push(sources.map(kafkaOffsetRanges)))
    .start();
  await query.processAllAvailable();
  broker.addPartitions("a", 2);
  fill(broker, "a", [0, 3]);
  await machine.clock.advance(30_000);
  await query.processAllAvailable();
  append(broker, "b");
  await query.processAllAvailable();
  await query.stop();
  expect(taken).toEqual([
    [[{ topic: "a", partition: 1, fromOffset: 0, untilOffset: 3 }], []],
    [[], [{ topic: "b", partition: 0, fromOffset: 0, untilOffset: 1 }]],
  ]);
});
