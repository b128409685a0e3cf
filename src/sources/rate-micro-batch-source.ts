import type { Chunk } from "../columnar/chunk.js";
import type { Options } from "../common/check-options.js";
import { OptionReader } from "../common/option-reader.js";
import { RATE_SCHEMA, rateChunks, ratePartitions } from "./rate-chunk.js";
import { rowOffset } from "./row-range.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";
import type { SourceEntry } from "./source-registry.js";

interface RateMicroBatchConfig {
  readonly rowsPerBatch: number;
  readonly numPartitions: number;
  /** Milliseconds since 1970. */
  readonly startTimestamp: number;
  readonly advanceMillisPerBatch: number;
}

const NAMES = ["rowsPerBatch", "numPartitions", "startTimestamp", "advanceMillisPerBatch"];

/** Options: rowsPerBatch, numPartitions (1), startTimestamp (0), advanceMillisPerBatch (1000). */
export function rateMicroBatchEntry(options: Options): SourceEntry {
  const reader = new OptionReader(options, NAMES, "the rateMicroBatch source");
  const config: RateMicroBatchConfig = {
    rowsPerBatch: reader.requiredInteger("rowsPerBatch", 1),
    numPartitions: reader.integer("numPartitions", 1, 1),
    startTimestamp: reader.integer("startTimestamp", 0),
    advanceMillisPerBatch: reader.integer("advanceMillisPerBatch", 1000),
  };
  return {
    factory: { open: () => new RateMicroBatchSource(config) },
    description: { label: "rateMicroBatch", schema: RATE_SCHEMA, bounded: false, insertOnly: true, streaming: true },
  };
}

/** Every trigger gets exactly one batch, and batch n has the same rows always, whatever the timing. Offsets count batches. */
class RateMicroBatchSource implements Source {
  readonly schema = RATE_SCHEMA;
  readonly replayable = true;
  readonly label = "rateMicroBatch";
  readonly #config: RateMicroBatchConfig;
  #isClosed = false;

  constructor(config: RateMicroBatchConfig) {
    this.#config = config;
  }

  async initialOffset(): Promise<Offset> {
    return 0;
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const batch = rowOffset(from, this.label);
    const next = limit.until === undefined ? batch + 1 : Math.min(batch + 1, rowOffset(limit.until, this.label));
    return { offset: Math.max(batch, next), behind: ratePartitions(this.#config.numPartitions), ended: false };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const { rowsPerBatch, numPartitions, startTimestamp, advanceMillisPerBatch } = this.#config;
    const range = { from: rowOffset(from, this.label) * rowsPerBatch, to: rowOffset(to, this.label) * rowsPerBatch };
    const microsOf = (value: number): number =>
      (startTimestamp + Math.floor(value / rowsPerBatch) * advanceMillisPerBatch) * 1000;
    for (const chunk of rateChunks({ ...range, partitions: numPartitions, microsOf })) {
      if (signal.aborted || this.#isClosed) return;
      yield chunk;
    }
  }

  /** There is always a next batch. */
  async changed(): Promise<void> {}

  async commit(): Promise<void> {}

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
