import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { fileEntry } from "../../src/sources/file-entry.js";
import { inMemoryEntry } from "../../src/sources/in-memory-source.js";
import { iterableEntry } from "../../src/sources/iterable-source.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { rangeEntry } from "../../src/sources/range-source.js";
import { rateMicroBatchEntry } from "../../src/sources/rate-micro-batch-source.js";
import { rateEntry } from "../../src/sources/rate-source.js";
import { socketEntry } from "../../src/sources/socket-source.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { int64, schemaOf, utf8 } from "../../src/types/type-constructors.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { FakeNetwork } from "../fakes/fake-network.js";
import { sourceContract } from "./source-contract.js";

const schema = schemaOf({ id: int64(), name: utf8() });
const rows = [1, 2, 3, 4, 5].map((id) => ({ id: BigInt(id), name: id === 3 ? null : `row ${id}` }));
const never = new AbortController().signal;

sourceContract({
  name: "memory stream",
  async make() {
    const stream = new MemoryStream(schema, { partitions: ["a", "b"] });
    for (const [i, row] of rows.entries()) stream.add([row], { partition: i % 2 === 0 ? "a" : "b" });
    return { source: stream.entry().factory.open(), more: () => void stream.add(rows) };
  },
});

sourceContract({
  name: "rows in memory",
  async make() {
    return { source: inMemoryEntry(schema, [chunkFromObjects(schema, rows)]).factory.open(), more: null };
  },
});

sourceContract({
  name: "range",
  async make() {
    return { source: rangeEntry({ start: 10, end: 0, step: -3 }).factory.open(), more: null };
  },
});

sourceContract({
  name: "iterable",
  async make() {
    const source = iterableEntry(rows, { schema }).factory.open();
    await source.changed(await source.initialOffset(), never);
    return { source, more: null };
  },
});

sourceContract({
  name: "async iterable",
  async make() {
    async function* generate() {
      yield* rows;
      await new Promise(() => {});
    }
    const source = iterableEntry(generate(), { schema }).factory.open();
    await source.initialOffset();
    await new Promise(setImmediate);
    return { source, more: null };
  },
});

sourceContract({
  name: "socket",
  async make() {
    const network = new FakeNetwork();
    const options = { host: "peer", port: 1, includeTimestamp: true };
    const source = socketEntry({ network, clock: new ManualClock(5) }, options).factory.open();
    network.peer.send("one\ntwo\nthr");
    network.peer.send("ee\n");
    await source.initialOffset();
    await new Promise(setImmediate);
    return { source, more: () => network.peer.send("four\n") };
  },
});

sourceContract({
  name: "rate",
  async make() {
    const clock = new ManualClock(0);
    const source = rateEntry(clock, { rowsPerSecond: 3, numPartitions: 2 }).factory.open();
    const initialOffset = await source.initialOffset();
    await clock.advance(4500);
    source.initialOffset = async () => initialOffset;
    return { source, more: () => clock.advance(2000) };
  },
});

sourceContract({
  name: "rateMicroBatch",
  async make() {
    return { source: rateMicroBatchEntry({ rowsPerBatch: 5, numPartitions: 2 }).factory.open(), more: null };
  },
});

for (const streaming of [true, false]) {
  sourceContract({
    name: streaming ? "arriving files" : "files",
    async make() {
      const files = new FakeFileSystem();
      const line = (id: number): string => `{"id":${id},"name":"row ${id}"}\n`;
      for (const id of [3, 1, 2]) files.put(`in/${id}.json`, line(id) + line(id + 10));
      const request = { files, clock: new ManualClock(0), format: "json" as const, path: "in", options: {}, streaming };
      const more = streaming ? () => files.put("in/late.json", line(4)) : null;
      return { source: fileEntry(request, schema).factory.open(), more };
    },
  });
}
