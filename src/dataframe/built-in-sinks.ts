import { OptionError } from "../common/millrace-error.js";
import { shownChunk, shownSchema } from "../sinks/change-columns.js";
import { type ConsoleOptions, ConsoleSink } from "../sinks/console-sink.js";
import { ForeachBatchSink } from "../sinks/foreach-batch-sink.js";
import { ForeachSink, type ForeachWriter } from "../sinks/foreach-sink.js";
import type { BatchRange } from "../sinks/sink.js";
import { BatchFrame } from "./batch-frame.js";
import type { RowOptions } from "./row-of.js";
import { rowOptions } from "./row-options.js";
import type { SinkChoice } from "./sink-choice.js";

/** Prints every batch. */
export function consoleSink(options: ConsoleOptions = {}): SinkChoice {
  return { label: "console", make: (host) => new ConsoleSink(host.platform.terminal, { ...options }) };
}

/** Keeps the result in memory, readable as `session.table(name)`; the name defaults to the query's. */
export function memorySink(name?: string): SinkChoice {
  return {
    label: "memory",
    make: (host, queryName) => {
      const table = name ?? queryName;
      if (table === null) {
        throw new OptionError("SINK_NAME", "The memory sink needs a name.", {
          hint: 'Use memory("name") or queryName("name").',
        });
      }
      return host.tables.sink(table);
    },
  };
}

/** What `foreachBatch` is told beside the rows and the batch id. */
export interface ForeachBatchContext {
  /** Which try of this batch it is: higher than before when the batch comes again after a failure. */
  readonly attempt: number;
  /**
   * What the batch took of each source, as in its progress: a function that keeps `endOffset` with its results can go on
   * from there without a checkpoint. Of Kafka, `kafkaOffsetRanges` says it partition by partition.
   */
  readonly sources: readonly BatchSource[];
}

export interface BatchSource {
  /** As `readStream.name(...)` says, else its number in the plan. */
  readonly name: string;
  readonly startOffset: unknown;
  readonly endOffset: unknown;
}

/** A function that `foreachBatch` calls with the rows of each trigger. */
export type ForeachBatchFunction<S> = (
  batch: BatchFrame<S>,
  batchId: number,
  context: ForeachBatchContext,
) => Promise<void> | void;

/** Gives the rows of each trigger to a function, as a bounded frame that lives until the function is done. */
export function foreachBatchSink<S>(write: ForeachBatchFunction<S>): SinkChoice {
  return {
    label: "foreachBatch",
    make: (host) =>
      new ForeachBatchSink(async (batches, { batchId, attempt, shape, ranges }) => {
        const schema = shownSchema(shape);
        const frame = new BatchFrame<S>(host, {
          schema,
          chunks: batches.map((batch) => shownChunk(batch, shape, schema)),
        });
        try {
          await write(frame, batchId, { attempt, sources: ranges.map(sourceOf) });
        } finally {
          frame.release();
        }
      }),
  };
}

function sourceOf({ source, from, to }: BatchRange): BatchSource {
  return { name: source, startOffset: from, endOffset: to };
}

/** Gives each row as an object to a writer. */
export function foreachSink(writer: ForeachWriter, rows: RowOptions = {}): SinkChoice {
  const own = rowOptions(rows, "foreach");
  return { label: "foreach", make: () => new ForeachSink(writer, own) };
}
