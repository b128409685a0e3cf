import type { Chunk } from "../columnar/chunk.js";
import type { Options } from "../common/check-options.js";
import type { Clock } from "../common/clock.js";
import { SourceError } from "../common/millrace-error.js";
import { OptionReader } from "../common/option-reader.js";
import { eitherSignal } from "./either-signal.js";
import { RATE_SCHEMA, rateChunks, ratePartitions } from "./rate-chunk.js";
import type { LatestOffset, Offset, ReadLimit, Source } from "./source.js";
import type { SourceEntry } from "./source-registry.js";

interface RateConfig {
  readonly clock: Clock;
  readonly rowsPerSecond: number;
  readonly numPartitions: number;
  /** Seconds over which the speed grows to rowsPerSecond. */
  readonly rampUpTime: number;
}

/** Options: rowsPerSecond (1), numPartitions (1), rampUpTime (0 seconds). */
export function rateEntry(clock: Clock, options: Options): SourceEntry {
  const reader = new OptionReader(options, ["rowsPerSecond", "numPartitions", "rampUpTime"], "the rate source");
  const config: RateConfig = {
    clock,
    rowsPerSecond: reader.integer("rowsPerSecond", 1, 1),
    numPartitions: reader.integer("numPartitions", 1, 1),
    rampUpTime: reader.integer("rampUpTime", 0),
  };
  return {
    factory: { open: () => new RateSource(config) },
    description: { label: "rate", schema: RATE_SCHEMA, bounded: false, insertOnly: true, streaming: true },
  };
}

/** Where a run began and how many seconds of it are taken: all that read() needs, so that ranges can be read again. */
interface RateOffset {
  readonly start: number;
  readonly seconds: number;
}

/** Spark's rate source: values 0, 1, 2, ... with their times, a second's rows once the second is over. */
class RateSource implements Source {
  readonly schema = RATE_SCHEMA;
  readonly replayable = true;
  readonly label = "rate";
  readonly #config: RateConfig;
  readonly #closing = new AbortController();

  constructor(config: RateConfig) {
    this.#config = config;
  }

  async initialOffset(): Promise<Offset> {
    return { start: this.#config.clock.now(), seconds: 0 };
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const { start, seconds } = rateOffset(from);
    const newest = this.#secondsSince(start);
    const until = limit.until === undefined ? newest : Math.min(newest, rateOffset(limit.until).seconds);
    let end = seconds;
    while (end < until && (end === seconds || this.#rowsBetween(seconds, end + 1) <= limit.maxRows)) end++;
    const behind = end < newest || end > seconds ? ratePartitions(this.#config.numPartitions) : [];
    return { offset: { start, seconds: end }, behind, ended: false };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const { start, seconds } = rateOffset(from);
    const end = rateOffset(to).seconds;
    const range = { from: this.#valueAt(seconds), to: this.#valueAt(end), partitions: this.#config.numPartitions };
    const microsOf = this.#microsOf(start, seconds);
    for (const chunk of rateChunks({ ...range, microsOf })) {
      if (signal.aborted || this.#closing.signal.aborted) return;
      yield chunk;
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    const { start, seconds } = rateOffset(from);
    const { clock } = this.#config;
    const either = eitherSignal(signal, this.#closing.signal);
    while (!either.signal.aborted && this.#secondsSince(start) <= seconds) {
      await clock.sleep(start + (seconds + 1) * 1000 - clock.now(), either.signal);
    }
    either.release();
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** The time of a value: spread evenly over its second. Values are mostly asked for in ascending order, so the second is near the last one. */
  #microsOf(start: number, firstSecond: number): (value: number) => number {
    let second = firstSecond;
    return (value) => {
      if (value < this.#valueAt(second)) second = firstSecond;
      while (value >= this.#valueAt(second + 1)) second++;
      const first = this.#valueAt(second);
      const part = (value - first) / this.#rowsBetween(second, second + 1);
      return Math.floor((start + second * 1000) * 1000 + part * 1_000_000);
    };
  }

  #secondsSince(start: number): number {
    return Math.max(0, Math.floor((this.#config.clock.now() - start) / 1000));
  }

  #rowsBetween(from: number, to: number): number {
    return this.#valueAt(to) - this.#valueAt(from);
  }

  /** Rows in the first `seconds`. While it ramps up, second n has n times rowsPerSecond / (rampUpTime + 1) rows (whole numbers, as in Spark). */
  #valueAt(seconds: number): number {
    const { rowsPerSecond, rampUpTime } = this.#config;
    const step = Math.floor(rowsPerSecond / (rampUpTime + 1));
    const ramp = Math.min(seconds, rampUpTime);
    return (step * ramp * (ramp + 1)) / 2 + (seconds - ramp) * rowsPerSecond;
  }
}

function rateOffset(offset: Offset): RateOffset {
  if (typeof offset === "object" && offset !== null && "start" in offset && "seconds" in offset) {
    const { start, seconds } = offset;
    if (typeof start === "number" && typeof seconds === "number") return { start, seconds };
  }
  throw new SourceError("OFFSET_INVALID", `${JSON.stringify(offset)} is not an offset of the rate source.`);
}
