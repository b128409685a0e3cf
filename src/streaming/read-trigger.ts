import type { Chunk } from "../columnar/chunk.js";
import { selectedCount } from "../columnar/chunk-of.js";
import type { Pipeline } from "../execution/pipeline.js";
import type { EventLoopTurn } from "./event-loop-turn.js";
import type { OffsetRange, SourceReader } from "./source-reader.js";

export interface TriggerInput {
  readonly pipeline: Pipeline;
  readonly readers: readonly SourceReader[];
  readonly ranges: readonly OffsetRange[];
  readonly turn: EventLoopTurn;
  readonly signal: AbortSignal;
  /** Called after every chunk; throws when the state has grown too large. */
  readonly checkState?: () => void;
}

/**
 * Reads what the offsets of one trigger name into the plan: sources in plan order, each partition in order, so that
 * ports never interleave (DESIGN 4.1). Yields to the event loop between chunks. Returns the rows read, by source.
 * Rejects with the signal's reason when it aborts: what is in the plan by then is no whole trigger.
 */
export async function readTrigger(input: TriggerInput): Promise<readonly number[]> {
  const rows: number[] = [];
  for (const [index, reader] of input.readers.entries()) rows.push(await readSource(input, reader, index));
  return rows;
}

async function readSource(input: TriggerInput, reader: SourceReader, index: number): Promise<number> {
  const range = input.ranges[index];
  if (range === undefined || !range.hasNewRows) return 0;
  let rows = 0;
  for await (const chunk of reader.read(range, input.signal)) {
    input.signal.throwIfAborted();
    rows += push(input.pipeline, index, chunk);
    input.checkState?.();
    const yielding = input.turn.yieldIfLong();
    if (yielding !== undefined) await yielding;
  }
  // A source that saw the signal first ends its rows early, without a word.
  input.signal.throwIfAborted();
  return rows;
}

function push(pipeline: Pipeline, sourceIndex: number, chunk: Chunk): number {
  const rows = selectedCount(chunk);
  if (rows > 0) pipeline.push(sourceIndex, chunk);
  return rows;
}
