import { OFFSET_OUT_OF_RANGE } from "../../clients/kafka/error-codes.js";
import type { KafkaCluster, KafkaTopic } from "../../clients/kafka/kafka-cluster.js";
import type { Chunk } from "../../columnar/chunk.js";
import { decodeText } from "../../columnar/decode-text.js";
import type { Clock } from "../../common/clock.js";
import { SinkError } from "../../common/millrace-error.js";
import type { Codecs } from "../../formats/kafka/codec-registry.js";
import { RecordDecoder } from "../../formats/kafka/record-decoder.js";
import { binary, schemaOf } from "../../types/type-constructors.js";
import { type CommitMarker, markerOfText } from "./commit-marker.js";

const COLUMNS = schemaOf({ key: binary(), value: binary() });
const FETCH_BYTES = 4 * 2 ** 20;
const FETCH_WAIT_MS = 500;
const LONGEST_BATCH = 64 * 2 ** 20;
const POLL_MS = 50;

export interface CommitTopicReading {
  readonly cluster: KafkaCluster;
  readonly clock: Clock;
  readonly codecs: Codecs;
  /** So long the topic's open transactions are waited for. */
  readonly waitMs: number;
}

/**
 * The newest marker under a key, of all that are committed now: the topic is read to what is its end at the call. Another
 * query's transaction that is still open may stand before ours and hides it, so its end is waited for.
 * @throws SinkError SINK_MARKER_UNREADABLE
 */
export async function readCommitTopic(
  reading: CommitTopicReading,
  topic: KafkaTopic,
  key: string,
): Promise<CommitMarker | null> {
  const reader = new CommitTopicReader(reading, topic);
  const end = await reader.stableEnd();
  const decoder = new RecordDecoder({
    schema: COLUMNS,
    codecs: reading.codecs,
    maxBatchBytes: LONGEST_BATCH,
    damaged: "fail",
  });
  const wanted = new TextEncoder().encode(key);
  let newest: CommitMarker | null = null;
  for (let at = await reader.start(); at < end; ) {
    const fetched = await reader.fetch(at);
    const span = {
      topic: topic.name,
      partition: 0,
      bytes: fetched.records,
      aborted: fetched.aborted,
      from: at,
      to: end,
    };
    const { chunks, next } = decoder.decode(span);
    for (const chunk of chunks) newest = newestIn(chunk, wanted) ?? newest;
    if (next === at) await reader.pause(`offset ${at}`);
    at = Math.max(next, fetched.start);
  }
  return newest;
}

class CommitTopicReader {
  readonly #reading: CommitTopicReading;
  readonly #topic: KafkaTopic;
  readonly #deadline: number;

  constructor(reading: CommitTopicReading, topic: KafkaTopic) {
    this.#reading = reading;
    this.#topic = topic;
    this.#deadline = reading.clock.monotonic() + reading.waitMs;
  }

  start(): Promise<number> {
    return this.#offset("earliest", "read_committed");
  }

  /** The end of the log, once every transaction below it has been decided. */
  async stableEnd(): Promise<number> {
    const end = await this.#offset("latest", "read_uncommitted");
    while ((await this.#offset("latest", "read_committed")) < end) {
      await this.pause("an open transaction of another producer");
    }
    return end;
  }

  async fetch(at: number) {
    const [answer] = await this.#reading.cluster.fetch({
      positions: [{ topicId: this.#topic.id, partition: 0, offset: at, maxBytes: FETCH_BYTES }],
      isolation: "read_committed",
      maxWaitMs: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
    });
    if (answer === undefined) return { records: new Uint8Array(0), aborted: [], start: at };
    if (answer.error === 0) return { records: answer.records, aborted: answer.aborted, start: at };
    // What compaction or retention has removed meanwhile is no newest marker.
    if (answer.error === OFFSET_OUT_OF_RANGE)
      return { records: new Uint8Array(0), aborted: [], start: await this.start() };
    throw this.#unreadable(`the topic has been made anew (error ${answer.error})`);
  }

  async pause(reason: string): Promise<void> {
    const { clock } = this.#reading;
    if (clock.monotonic() >= this.#deadline) throw this.#unreadable(`nothing came but ${reason}`);
    await clock.sleep(POLL_MS, new AbortController().signal);
  }

  async #offset(kind: "earliest" | "latest", isolation: "read_committed" | "read_uncommitted"): Promise<number> {
    const offsets = await this.#reading.cluster.offsets(this.#topic, [0], { query: { kind }, isolation });
    return offsets.get(0) ?? 0;
  }

  #unreadable(reason: string): SinkError {
    const what = `The topic "${this.#topic.name}", which tells what the query has written, cannot be read: ${reason}.`;
    return new SinkError("SINK_MARKER_UNREADABLE", what, { place: "sink kafka", hint: "Start the query again." });
  }
}

function newestIn(chunk: Chunk, key: Uint8Array): CommitMarker | null {
  const [keys, values] = chunk.columns;
  if (keys?.layout !== "bytes" || values?.layout !== "bytes") return null;
  for (let row = chunk.length - 1; row >= 0; row--) {
    const from = keys.offsets[row];
    if (keys.offsets[row + 1] - from !== key.length || !key.every((byte, i) => keys.bytes[from + i] === byte)) continue;
    const marker = markerOfText(decodeText(values.bytes, values.offsets[row], values.offsets[row + 1]));
    if (marker !== null) return marker;
  }
  return null;
}
