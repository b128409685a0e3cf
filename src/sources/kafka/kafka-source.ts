import type { KafkaCluster } from "../../clients/kafka/kafka-cluster.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Clock } from "../../common/clock.js";
import type { Codecs } from "../../formats/kafka/codec-registry.js";
import { RecordDecoder } from "../../formats/kafka/record-decoder.js";
import type { Schema } from "../../types/data-type.js";
import { deserializeColumns, deserializedSchema } from "../deserialize-columns.js";
import { eitherSignal } from "../either-signal.js";
import type { LatestOffset, Offset, ReadLimit, Source, SourceReport } from "../source.js";
import { AverageSize } from "./average-size.js";
import { DataLoss } from "./data-loss.js";
import { GroupCommits } from "./group-commits.js";
import { offsetOf, type PartitionRange, positionOf, rangesBetween } from "./kafka-offset.js";
import type { KafkaSourceConfig } from "./kafka-source-options.js";
import { lagReport } from "./lag-report.js";
import { LongPolls } from "./long-polls.js";
import { MissingOffsets } from "./missing-offsets.js";
import { NewsWait } from "./news-wait.js";
import { type Look, OffsetPlanner } from "./offset-planner.js";
import { RangeReader } from "./range-reader.js";
import { TopicCatalog } from "./topic-catalog.js";
import { availableOffsets, behindAt, cappedTracks, positionAt, splitOffsets, type Track } from "./track.js";
import { TriggerGate } from "./trigger-gate.js";

export interface KafkaSourceParts {
  readonly config: KafkaSourceConfig;
  /** Before deserializers. */
  readonly recordSchema: Schema;
  readonly label: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  /** `closing` aborts when nobody waits for the cluster any more. */
  readonly connect: (closing: AbortSignal) => Promise<KafkaCluster>;
  readonly loadCodecs: () => Promise<Codecs>;
}

/** Most bytes that one record batch may be decompressed to. */
const MAX_BATCH_BYTES = 256 << 20;

/** Of a record, before any was seen: rather too much for a trigger, which must not become too large. */
const ROW_BYTES = 1024;
/** Rather too little for a fetch: another one follows, where what comes behind the range would be fetched again. */
const FETCHED_BYTES = 128;

/** What exists once the cluster has answered. */
interface Opened {
  readonly cluster: KafkaCluster;
  readonly catalog: TopicCatalog;
  readonly planner: OffsetPlanner;
  readonly news: NewsWait;
  readonly missing: MissingOffsets;
  readonly decoder: RecordDecoder;
  readonly commits: GroupCommits | null;
}

/**
 * Topics of a Kafka cluster. An offset holds the id of each topic and an offset for each partition, so that a range between
 * two of them gives the same rows in any process; no consumer group takes part. Ranges end at the last stable offset, where
 * transactions count, so that no range waits for one.
 *
 * One request fetches for many partitions, but rows come partition by partition, in order.
 */
export class KafkaSource implements Source {
  readonly schema: Schema;
  readonly replayable = true;
  readonly label: string;
  readonly #parts: KafkaSourceParts;
  readonly #closing = new AbortController();
  readonly #loss: DataLoss;
  readonly #gate: TriggerGate;
  readonly #sizes = { rows: new AverageSize(ROW_BYTES), fetched: new AverageSize(FETCHED_BYTES) };
  #opened: Promise<Opened> | null = null;
  #ready: Opened | null = null;
  /** What the last look for rows has found, and from where on. */
  #looked: { readonly from: Offset; readonly look: Look } | null = null;
  #damaged = 0;

  constructor(parts: KafkaSourceParts) {
    const { config, clock, warn, label, recordSchema } = parts;
    this.schema = deserializedSchema(recordSchema, config.deserializers);
    this.label = label;
    this.#parts = parts;
    this.#loss = new DataLoss({ fail: config.failOnDataLoss, label, warn });
    this.#gate = new TriggerGate(clock, { least: config.minOffsetsPerTrigger, delayMs: config.maxTriggerDelayMs });
  }

  async initialOffset(): Promise<Offset> {
    const { planner } = await this.#open();
    return offsetOf(await planner.initial());
  }

  async latestOffset(from: Offset, limit: ReadLimit): Promise<LatestOffset> {
    const { planner } = await this.#open();
    const look = await planner.look(positionOf(from));
    this.#looked = { from, look };
    const tracks = limit.until === undefined ? look.tracks : cappedTracks(look.tracks, positionOf(limit.until));
    const ends = splitOffsets(tracks, this.#mostOffsets(tracks, limit));
    const behind = behindAt(tracks, ends);
    const ended = this.#parts.config.end !== null && tracks.every(({ latest }, i) => ends[i] >= latest);
    if (!look.mustMove && ends.every((end, i) => end === tracks[i].begin)) return { offset: from, behind, ended };
    this.#gate.passed();
    return { offset: offsetOf(positionAt(tracks, ends, look)), behind, ended };
  }

  async *read(from: Offset, to: Offset, signal: AbortSignal): AsyncIterable<Chunk> {
    const opened = await this.#open();
    const ranges = rangesBetween(positionOf(from), positionOf(to));
    const either = eitherSignal(signal, this.#closing.signal);
    try {
      await opened.catalog.describe([...new Set(ranges.map(({ topic }) => topic))], either.signal);
      const { schema } = this;
      const { deserializers } = this.#parts.config;
      const chunks = this.#reader(opened, ranges, either.signal).chunks();
      if (Object.keys(deserializers).length === 0) yield* chunks;
      else for await (const chunk of chunks) yield await deserializeColumns(chunk, schema, deserializers);
    } catch (error) {
      if (!either.signal.aborted) throw error;
    } finally {
      either.release();
    }
  }

  async changed(from: Offset, signal: AbortSignal): Promise<void> {
    const { news } = await this.#open();
    const either = eitherSignal(signal, this.#closing.signal);
    try {
      const look = this.#looked?.from === from ? this.#looked.look : null;
      await news.wait(positionOf(from), look, either.signal);
    } catch (error) {
      if (!either.signal.aborted) throw error;
    } finally {
      either.release();
    }
  }

  async commit(to: Offset): Promise<void> {
    if (this.#parts.config.commitOffsetsToGroup === null) return;
    const { commits } = await this.#open();
    commits?.commit(positionOf(to));
  }

  report(to: Offset): SourceReport | null {
    // A trigger that an earlier run has planned.
    if (this.#looked === null) return null;
    const lost = { recordsLost: this.#loss.records, dataLosses: this.#loss.events };
    return lagReport(this.#looked.look.tracks, positionOf(to), { ...lost, damagedBatches: this.#damaged });
  }

  /** Waits for a commit that is on its way; not for a cluster that has not answered yet. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#ready !== null) return shut(this.#ready);
    this.#opened?.then(shut).catch(() => {});
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#connect();
    return this.#opened;
  }

  async #connect(): Promise<Opened> {
    const { config, clock, label, warn, recordSchema: schema, connect, loadCodecs } = this.#parts;
    const {
      subscription,
      isolation,
      metadataMaxAgeMs: maxAgeMs,
      damaged,
      commitOffsetsToGroup: group,
      checkCrcs,
    } = config;
    const codecs = await loadCodecs();
    const closing = this.#closing.signal;
    const cluster = await connect(closing);
    const loss = this.#loss;
    const catalog = new TopicCatalog({ cluster, clock, subscription, maxAgeMs, label, closing });
    const planner = new OffsetPlanner({ cluster, catalog, config, loss, label, warn, closing });
    const suspect = (): void => planner.suspect();
    const polls = new LongPolls({ cluster, clock, isolation, closing, suspect });
    this.#ready = {
      cluster,
      catalog,
      planner,
      news: new NewsWait({ catalog, clock, planner, polls, gate: this.#gate, isBounded: config.end !== null }),
      missing: new MissingOffsets({ cluster, catalog, loss, suspect }),
      decoder: new RecordDecoder({ schema, codecs, maxBatchBytes: MAX_BATCH_BYTES, damaged, checkCrcs }),
      commits: group === null ? null : new GroupCommits({ cluster, clock, group, label, warn }),
    };
    return this.#ready;
  }

  #reader({ cluster, decoder, missing }: Opened, ranges: readonly PartitionRange[], signal: AbortSignal): RangeReader {
    const { config, clock, label } = this.#parts;
    const { isolation, stallTimeoutMs, maxFetchBytes, maxPartitionFetchBytes } = config;
    const limits = { maxFetchBytes, maxPartitionFetchBytes };
    const onDamaged = (batches: number): void => {
      this.#damaged += batches;
    };
    const parts = { cluster, decoder, missing, clock, isolation, limits, stallTimeoutMs, label, onDamaged };
    return new RangeReader({ ...parts, sizes: this.#sizes }, ranges, signal);
  }

  /** An unlimited look (once, the target of availableNow) takes everything; the options then hold trigger by trigger. */
  #mostOffsets(tracks: readonly Track[], limit: ReadLimit): number {
    if (limit.maxRows === Number.POSITIVE_INFINITY && limit.maxBytes === limit.maxRows) return limit.maxRows;
    if (limit.until === undefined && !this.#gate.opensFor(availableOffsets(tracks))) return 0;
    const most = this.#parts.config.maxOffsetsPerTrigger ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(most, limit.maxRows, Math.floor(limit.maxBytes / this.#sizes.rows.bytes)));
  }
}

async function shut({ cluster, commits }: Opened): Promise<void> {
  await commits?.close();
  await cluster.close();
}
