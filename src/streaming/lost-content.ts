import type { SinkShape } from "../sinks/sink.js";
import type { SinkWriter } from "./sink-writer.js";

/**
 * What to tell when a sink lacks batches that are done: its table went with an earlier process, or somebody removed its
 * files. Their rows do not come again. null: it has them, cannot know, or is about to get everything (complete mode).
 */
export async function lostContent(
  { sink }: SinkWriter,
  nextBatch: number,
  mode: SinkShape["mode"],
): Promise<string | null> {
  if (!sink.idempotent || mode === "complete" || nextBatch === 0) return null;
  const has = (await sink.committed())?.batch ?? -1;
  if (has >= nextBatch - 1) return null;
  return `The sink ${sink.label} has nothing of batches ${has + 1} to ${nextBatch - 1}, which are done: their rows do not come again.`;
}
