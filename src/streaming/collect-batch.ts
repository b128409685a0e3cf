import type { Chunk } from "../columnar/chunk.js";
import type { Platform } from "../common/platform.js";
import type { Pipeline } from "../execution/pipeline.js";
import { END_OF_TIME } from "../plan/bound-expression.js";
import { UNLIMITED } from "../sources/source.js";
import { closeAll } from "./close-all.js";
import { EventLoopTurn } from "./event-loop-turn.js";
import { readTrigger } from "./read-trigger.js";
import type { OffsetRange, SourceReader } from "./source-reader.js";

const MICROS_PER_MS = 1000n;

export interface BatchRun {
  readonly pipeline: Pipeline;
  readonly readers: readonly SourceReader[];
  readonly platform: Platform;
  readonly signal: AbortSignal;
}

/** A batch: one trigger over everything, with every bound at +infinity at its end. Closes the sources in any case. */
export async function collectBatch(run: BatchRun): Promise<readonly Chunk[]> {
  let chunks: readonly Chunk[];
  try {
    chunks = await runBatch(run);
  } catch (error) {
    await closeAll(run.readers);
    throw error;
  }
  const failure = await closeAll(run.readers);
  if (failure !== null) throw failure.error;
  return chunks;
}

async function runBatch({ pipeline, readers, platform, signal }: BatchRun): Promise<readonly Chunk[]> {
  pipeline.beginTrigger({ batchId: 0, batchTime: BigInt(Math.trunc(platform.clock.now())) * MICROS_PER_MS });
  const ranges: OffsetRange[] = [];
  for (const reader of readers) {
    await reader.open();
    ranges.push(await reader.nextRange(UNLIMITED));
  }
  await readTrigger({ pipeline, readers, ranges, turn: new EventLoopTurn(platform), signal });
  pipeline.endTrigger(pipeline.watermarks.map(() => END_OF_TIME));
  return pipeline.takeOutput().map((batch) => batch.chunk);
}
