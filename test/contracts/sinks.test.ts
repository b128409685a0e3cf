import { WRITABLE_FORMATS } from "../../src/formats/writable-format-of.js";
import { ConsoleSink } from "../../src/sinks/console-sink.js";
import { ForeachBatchSink } from "../../src/sinks/foreach-batch-sink.js";
import { ForeachSink } from "../../src/sinks/foreach-sink.js";
import { IterableSink } from "../../src/sinks/iterable-sink.js";
import { MemorySink } from "../../src/sinks/memory-sink.js";
import { FakeTerminal } from "../fakes/fake-terminal.js";
import { rowsOf } from "../fakes/rows-of.js";
import { fileSinkCase } from "./file-sink-case.js";
import { kafkaSinkCase } from "./kafka-sink-case.js";
import { durableSinkContract, sinkContract } from "./sink-contract.js";

sinkContract({
  name: "memory",
  make() {
    const sink = new MemorySink();
    return { sink, visible: () => rowsOf(sink.snapshot()?.chunks ?? []) };
  },
});

sinkContract({
  name: "console",
  make() {
    const terminal = new FakeTerminal();
    return { sink: new ConsoleSink(terminal), visible: () => terminal.text.match(/Batch: \d+/g) ?? [] };
  },
});

sinkContract({
  name: "foreachBatch",
  make() {
    const batches: number[] = [];
    return { sink: new ForeachBatchSink((_, { batchId }) => void batches.push(batchId)), visible: () => batches };
  },
});

sinkContract({
  name: "foreach",
  make() {
    const rows: unknown[] = [];
    return {
      sink: new ForeachSink((row) => void rows.push(row), { int64: "bigint", timestamp: "date" }),
      visible: () => rows,
    };
  },
});

sinkContract({
  name: "iterable",
  make() {
    const taken: unknown[] = [];
    const sink = new IterableSink();
    const consume = async (): Promise<void> => {
      for await (const batch of sink) taken.push(batch);
    };
    void consume();
    return { sink, visible: () => taken };
  },
});

sinkContract(kafkaSinkCase(true));
durableSinkContract(kafkaSinkCase(true));
sinkContract(kafkaSinkCase(false));

for (const format of WRITABLE_FORMATS) {
  for (const partitionBy of [[], ["key"], ["n"]]) {
    // Text holds one column: the other one goes into the directories' names.
    if (format === "text" && partitionBy[0] !== "n") continue;
    const implementation = fileSinkCase(format, partitionBy);
    sinkContract(implementation);
    durableSinkContract(implementation);
  }
}
