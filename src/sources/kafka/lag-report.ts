import type { SourceReport } from "../source.js";
import { type KafkaPosition, offsetOf, partitionName } from "./kafka-offset.js";
import { newestPosition, type Track } from "./track.js";

/** How far a place is behind what the tracks have found, with Spark's names, and what was left out so far. */
export function lagReport(
  tracks: readonly Track[],
  at: KafkaPosition,
  counters: Readonly<Record<string, number>>,
): SourceReport {
  const lagByPartition: Record<string, number> = {};
  for (const { topic, id, partition, latest, begin } of tracks) {
    const entry = at.topics.get(topic);
    const offset = entry?.id === id ? (entry.offsets[partition] ?? begin) : begin;
    lagByPartition[partitionName(topic, partition)] = Math.max(0, latest - offset);
  }
  const lags = Object.values(lagByPartition);
  const total = lags.reduce((sum, lag) => sum + lag, 0);
  return {
    latestOffset: offsetOf(newestPosition(tracks)),
    metrics: {
      minOffsetsBehindLatest: lags.reduce((least, lag) => Math.min(least, lag), lags[0] ?? 0),
      maxOffsetsBehindLatest: lags.reduce((most, lag) => Math.max(most, lag), 0),
      avgOffsetsBehindLatest: lags.length === 0 ? 0 : total / lags.length,
      ...counters,
    },
    lagByPartition,
  };
}
