import { describe, expect, it } from "vitest";
import { nodePlatform } from "../../../src/common/node-platform.js";
import { kafkaEntry } from "../../../src/sources/kafka/kafka-entry.js";
import { FakeBroker } from "../../fakes/kafka/fake-broker.js";

const client = new FakeBroker().provider();

function entry(options: object, streaming = true) {
  return kafkaEntry(nodePlatform, { client, ...options }, streaming);
}

describe("options of the Kafka source", () => {
  it("make a label that says what is read, and no place that a checkpoint would hold on to", () => {
    const labels = [{ subscribe: "b, a" }, { subscribePattern: "a.*" }, { assign: { b: [1, 0], a: [2] } }];
    expect(labels.map((options) => entry(options).description)).toMatchObject([
      { label: "kafka(a, b)", place: null, bounded: false, streaming: true },
      { label: "kafka(/a.*/)" },
      { label: "kafka(a[2], b[0,1])" },
    ]);
    expect(entry({ subscribe: "a" }, false).description).toMatchObject({ bounded: true, streaming: false });
  });

  it("take every value as text, too", () => {
    const text = {
      subscribe: "a",
      startingOffsets: '{"a":{"0":1,"1":-2}}',
      maxOffsetsPerTrigger: "10",
      minOffsetsPerTrigger: "5",
      maxTriggerDelay: "15m",
      metadataMaxAge: "5 seconds",
      stallTimeout: "60000",
      failOnDataLoss: "false",
      includeHeaders: "true",
      isolationLevel: "read_uncommitted",
      damaged: "skip",
      restartFrom: "2026-11-28T08:00:00+01:00",
    };
    expect(entry(text).description.schema.fields.map(({ name }) => name)).toContain("headers");
  });

  it.each([
    [{}, "exactly one of assign, subscribe, subscribePattern; none is given"],
    [{ subscribe: "a", assign: { a: [0] } }, "assign and subscribe are given"],
    [{ subscribe: "" }, "'subscribe' of the Kafka source must be names of topics"],
    [{ subscribePattern: "(" }, "which is not a regular expression"],
    [{ assign: { a: "0" } }, "'assign' of the Kafka source must be topics with lists of partitions"],
    [{ assign: "a" }, "'assign' of the Kafka source must be topics with lists of partitions"],
    [{ subscribe: "a", startingOffsets: "first" }, "'startingOffsets' of the Kafka source must be \"earliest\""],
    [{ subscribe: "a", startingOffsets: { a: { 0: -3 } } }, "'startingOffsets'"],
    [
      { subscribe: "a", startingTimestamp: "2026-11-28T08:00:00" },
      "'startingTimestamp' of the Kafka source must be an instant",
    ],
    [{ subscribe: "a", startingOffsetsByTimestamp: { a: { x: 1 } } }, "'startingOffsetsByTimestamp'"],
    [{ subscribe: "a", startingOffsetsByTimestampStrategy: "earliest" }, 'must be "error" or "latest"'],
    [{ subscribe: "a", restartFrom: "yesterday" }, "'restartFrom' of the Kafka source must be an instant"],
    [{ subscribe: "a", maxTriggerDelay: "soon" }, "'maxTriggerDelay' of the Kafka source must be a length of time"],
    [{ subscribe: "a", stallTimeout: {} }, "'stallTimeout'"],
    [
      { subscribe: "a", maxOffsetsPerTrigger: 0 },
      "'maxOffsetsPerTrigger' of the Kafka source must be an integer of at least 1",
    ],
    [{ subscribe: "a", isolationLevel: "serializable" }, "'isolationLevel'"],
    [{ subscribe: "a", commitOffsetsToGroup: "" }, "'commitOffsetsToGroup' of the Kafka source is empty"],
    [{ subscribe: "a", endingOffsets: "latest" }, "Option 'endingOffsets' of the Kafka source is for batches only"],
    [{ subscribe: "a", startingOffset: "latest" }, "Did you mean 'startingOffsets'?"],
    [{ subscribe: "a", "kafka.group.id": "g" }, "kafka.group.id"],
    [{ subscribe: "a", "kafka.auto.offset.reset": "latest" }, "kafka.auto.offset.reset"],
    [{ subscribe: "a", "kafka.isolation.level": "read_committed" }, "kafka.isolation.level"],
  ])("refuse %j", (options, message) => {
    expect(() => entry(options)).toThrow(message);
  });

  it.each([
    [{ maxOffsetsPerTrigger: 1 }, "'maxOffsetsPerTrigger' of the Kafka source is for streams only"],
    [{ restartFrom: 1 }, "'restartFrom' of the Kafka source is for streams only"],
    [{ startingOffsets: "latest" }, "'startingOffsets' of the Kafka source cannot be the latest offset"],
    [{ startingOffsets: { a: { 0: 3, 1: -1 } } }, "'startingOffsets' of the Kafka source cannot be the latest offset"],
    [{ endingOffsets: "earliest" }, "'endingOffsets' of the Kafka source cannot be the earliest offset"],
    [{ endingOffsets: { a: { 0: -2 } } }, "'endingOffsets' of the Kafka source cannot be the earliest offset"],
  ])("refuse %j for a batch", (options, message) => {
    expect(() => entry({ subscribe: "a", ...options }, false)).toThrow(message);
  });
});
