import { type KafkaPosition, type PartitionOffsets, partitionName, type TopicPositions } from "./kafka-offset.js";

/** One partition when a trigger looks for rows: where reading goes on, and how far it could. */
export interface Track {
  readonly topic: string;
  readonly id: string;
  readonly partition: number;
  /** The broker that leads it, as far as is known. */
  readonly leader: number;
  readonly begin: number;
  /** `begin` is not where the range before ended: an offset must say it. */
  readonly isExplicit: boolean;
  /** Behind the newest record. */
  readonly latest: number;
  /** Not further than this: `latest`, or the target of a run with an end. */
  readonly cap: number;
}

export function availableOffsets(tracks: readonly Track[]): number {
  return tracks.reduce((sum, { begin, cap }) => sum + Math.max(0, cap - begin), 0);
}

/** Tracks held back to a target that was given earlier; what came to be after it is left out. */
export function cappedTracks(tracks: readonly Track[], until: KafkaPosition): readonly Track[] {
  return tracks.flatMap((track): readonly Track[] => {
    const target = until.topics.get(track.topic);
    const end = target?.id === track.id ? (target.offsets[track.partition] ?? null) : null;
    if (end !== null) return [{ ...track, cap: Math.min(track.cap, end) }];
    return track.isExplicit ? [] : [{ ...track, cap: track.begin }];
  });
}

/**
 * Where each track ends when about `most` offsets are taken of all of them, by the volume that waits in each, as in Spark:
 * a partition that has records gets at least one, so that none starves. 0: none of any.
 */
export function splitOffsets(tracks: readonly Track[], most: number): readonly number[] {
  const total = availableOffsets(tracks);
  return tracks.map(({ begin, cap }) => {
    const available = Math.max(0, cap - begin);
    if (most === 0) return begin;
    if (total <= most || available === 0) return begin + available;
    const share = (most * available) / total;
    return begin + Math.min(available, share < 1 ? 1 : Math.floor(share));
  });
}

/** The partitions that may hold the watermark: behind their newest record at these ends, or read on the way. */
export function behindAt(tracks: readonly Track[], ends: readonly number[]): readonly string[] {
  return tracks
    .filter(({ begin, latest }, i) => ends[i] < latest || ends[i] > begin)
    .map(({ topic, partition }) => partitionName(topic, partition));
}

/** The place behind the tracks at these ends; `kept` is what stays as it was. */
export function positionAt(
  tracks: readonly Track[],
  ends: readonly number[],
  rest: { readonly kept: ReadonlyMap<string, TopicPositions>; readonly again: string | null },
): KafkaPosition {
  const topics = new Map([...rest.kept].map(([name, { id, offsets }]) => [name, { id, offsets: [...offsets] }]));
  const begins = new Map<string, (number | null)[]>();
  for (const [i, { topic, id, partition, begin, isExplicit }] of tracks.entries()) {
    const entry = topics.get(topic) ?? { id, offsets: [] };
    topics.set(topic, entry);
    put(entry.offsets, partition, ends[i]);
    if (!isExplicit) continue;
    const starts = begins.get(topic) ?? [];
    begins.set(topic, starts);
    put(starts, partition, begin);
  }
  return { topics, begins, again: rest.again };
}

/** Where every track would be when all there is was read. */
export function newestPosition(tracks: readonly Track[]): KafkaPosition {
  const topics = new Map<string, { id: string; offsets: (number | null)[] }>();
  for (const { topic, id, partition, latest } of tracks) {
    const entry = topics.get(topic) ?? { id, offsets: [] };
    topics.set(topic, entry);
    put(entry.offsets, partition, latest);
  }
  return { topics, begins: new Map<string, PartitionOffsets>(), again: null };
}

function put(offsets: (number | null)[], partition: number, offset: number): void {
  while (offsets.length < partition) offsets.push(null);
  offsets[partition] = offset;
}
