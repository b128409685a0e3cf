import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { fileEntry } from "../../src/sources/file-entry.js";
import { inMemoryEntry } from "../../src/sources/in-memory-source.js";
import { iterableEntry } from "../../src/sources/iterable-source.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { rangeEntry } from "../../src/sources/range-source.js";
import { rateMicroBatchEntry } from "../../src/sources/rate-micro-batch-source.js";
import { rateEntry } from "../../src/sources/rate-source.js";
import { socketEntry } from "../../src/sources/socket-source.js";
import type { SourceEntry } from "../../src/sources/source-registry.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { int64, schemaOf, utf8 } from "../../src/types/type-constructors.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { FakeNetwork } from "../fakes/fake-network.js";
import { FakeBroker } from "../fakes/kafka/fake-broker.js";
import { fill, sourceOn } from "../sources/kafka/source-on-broker.js";
import { type Made, sourceContract } from "./source-contract.js";

const schema = schemaOf({ id: int64(), name: utf8() });
const rows = [1, 2, 3, 4, 5].map((id) => ({ id: BigInt(id), name: id === 3 ? null : `row ${id}` }));

/** For entries that a program makes anew, the same, in every process. */
function opener({ factory }: SourceEntry): Pick<Made, "reopen"> & { open: Made["reopen"] & object } {
  return { open: (storage) => factory.open(storage), reopen: (storage) => factory.open(storage) };
}

sourceContract({
  name: "memory stream",
  async make(storage) {
    const stream = new MemoryStream(schema, { partitions: ["a", "b"] });
    for (const [i, row] of rows.entries()) stream.add([row], { partition: i % 2 === 0 ? "a" : "b" });
    const { open, reopen } = opener(stream.entry());
    return { source: open(storage), more: () => void stream.add(rows), reopen };
  },
});

sourceContract({
  name: "rows in memory",
  async make(storage) {
    const { open, reopen } = opener(inMemoryEntry(schema, [chunkFromObjects(schema, rows)]));
    return { source: open(storage), more: null, reopen };
  },
});

sourceContract({
  name: "range",
  async make(storage) {
    const { open, reopen } = opener(rangeEntry({ start: 10, end: 0, step: -3 }));
    return { source: open(storage), more: null, reopen };
  },
});

/** Takes all there is before any test looks. */
async function* endless(items: readonly object[]) {
  yield* items;
  await new Promise(() => {});
}

const arrived = (): Promise<unknown> => new Promise(setImmediate);

for (const capture of [false, true]) {
  const how = capture ? ", captured" : "";

  sourceContract({
    name: `iterable${how}`,
    needsStorage: capture,
    async make(storage) {
      const source = iterableEntry(rows, { schema, capture }).factory.open(storage);
      const reopen: Made["reopen"] = (later) => iterableEntry([], { schema, capture }).factory.open(later);
      return { source, more: null, reopen: capture ? reopen : null };
    },
  });

  sourceContract({
    name: `async iterable${how}`,
    needsStorage: capture,
    async make(storage) {
      const source = iterableEntry(endless(rows), { schema, capture }).factory.open(storage);
      await source.initialOffset().catch(() => undefined);
      await arrived();
      const reopen: Made["reopen"] = (later) => iterableEntry(endless([]), { schema, capture }).factory.open(later);
      return { source, more: null, reopen: capture ? reopen : null };
    },
  });

  sourceContract({
    name: `socket${how}`,
    needsStorage: capture,
    async make(storage) {
      const network = new FakeNetwork();
      const options = { host: "peer", port: 1, includeTimestamp: true, capture };
      const source = socketEntry({ network, clock: new ManualClock(5) }, options).factory.open(storage);
      network.peer.send("one\ntwo\nthr");
      network.peer.send("ee\n");
      await source.initialOffset().catch(() => undefined);
      await arrived();
      const later = socketEntry({ network: new FakeNetwork(), clock: new ManualClock(7) }, options);
      return { source, more: () => network.peer.send("four\n"), reopen: capture ? later.factory.open : null };
    },
  });
}

sourceContract({
  name: "rate",
  async make(storage) {
    const clock = new ManualClock(0);
    const options = { rowsPerSecond: 3, numPartitions: 2, rampUpTime: 2 };
    const source = rateEntry(clock, options).factory.open(storage);
    const initialOffset = await source.initialOffset();
    await clock.advance(4500);
    source.initialOffset = async () => initialOffset;
    // The later process starts at another time, and its clock may even be behind.
    const { reopen } = opener(rateEntry(new ManualClock(1700), options));
    return { source, more: () => clock.advance(2000), reopen };
  },
});

sourceContract({
  name: "rateMicroBatch",
  async make(storage) {
    const { open, reopen } = opener(rateMicroBatchEntry({ rowsPerBatch: 5, numPartitions: 2 }));
    return { source: open(storage), more: null, reopen };
  },
});

for (const streaming of [true, false]) {
  sourceContract({
    name: streaming ? "arriving files" : "files",
    async make(storage) {
      const files = new FakeFileSystem();
      const line = (id: number): string => `{"id":${id},"name":"row ${id}"}\n`;
      for (const id of [3, 1, 2]) files.put(`in/${id}.json`, line(id) + line(id + 10));
      const request = { files, clock: new ManualClock(0), format: "json" as const, path: "in", options: {}, streaming };
      const more = streaming ? () => files.put("in/late.json", line(4)) : null;
      const { open } = opener(fileEntry(request, schema));
      // Older than what was taken: without a log it would take the first place.
      files.put("in/0.json", line(0), 0);
      return { source: open(storage), more, reopen: storage === null ? null : open };
    },
  });
}

sourceContract({
  name: "kafka",
  async make() {
    const broker = new FakeBroker({ nodes: 2 });
    broker.createTopic("orders", { partitions: 2 });
    fill(broker, "orders", [3, 2]);
    const options = { subscribe: "orders", startingOffsets: "earliest" };
    const more = (): void => fill(broker, "orders", [1, 1]);
    return { source: sourceOn(broker, options), more, reopen: () => sourceOn(broker, options) };
  },
});
