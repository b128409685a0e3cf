import type { Chunk } from "../columnar/chunk.js";
import { selectedCount } from "../columnar/chunk-of.js";
import type { Platform } from "../common/platform.js";
import type { Pipeline } from "../execution/pipeline.js";
import type { OffsetRange, SourceReader } from "./source-reader.js";
import { hasNewRows } from "./source-reader.js";

/** How long a trigger may keep the event loop to itself. */
const TURN_MS = 10;

export interface TriggerInput {
  readonly pipeline: Pipeline;
  readonly readers: readonly SourceReader[];
  readonly ranges: readonly OffsetRange[];
  readonly platform: Platform;
  readonly signal: AbortSignal;
}

/**
 * Reads what the offsets of one trigger name into the plan: sources in plan order, each partition in order, so that
 * ports never interleave (DESIGN 4.1). Yields to the event loop between chunks. Returns the rows read, by source.
 */
export async function readTrigger(input: TriggerInput): Promise<readonly number[]> {
  const rows: number[] = [];
  const turn = new Turn(input.platform);
  for (const [index, reader] of input.readers.entries()) {
    rows.push(await readSource(input, reader, { index, turn }));
  }
  return rows;
}

async function readSource(input: TriggerInput, reader: SourceReader, place: { index: number; turn: Turn }): Promise<number> {
  const range = input.ranges[place.index];
  if (range === undefined || !hasNewRows(range)) return 0;
  let rows = 0;
  for await (const chunk of reader.read(range, input.signal)) {
    input.signal.throwIfAborted();
    rows += push(input.pipeline, place.index, chunk);
    await place.turn.yieldIfLong();
  }
  return rows;
}

function push(pipeline: Pipeline, sourceIndex: number, chunk: Chunk): number {
  const rows = selectedCount(chunk);
  if (rows > 0) pipeline.push(sourceIndex, chunk);
  return rows;
}

/** Gives the event loop its turn about every 10 ms. */
class Turn {
  readonly #platform: Platform;
  #since: number;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#since = platform.clock.monotonic();
  }

  async yieldIfLong(): Promise<void> {
    if (this.#platform.clock.monotonic() - this.#since < TURN_MS) return;
    await this.#platform.yieldToEventLoop();
    this.#since = this.#platform.clock.monotonic();
  }
}
