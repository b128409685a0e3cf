import type { CommitPermit } from "../../checkpoint/commit-permit.js";
import type { PartitionBatches } from "../../clients/kafka/kafka-producer.js";
import { assert } from "../../common/assert.js";
import { MillraceError, SinkError } from "../../common/millrace-error.js";
import type { Sink, SinkBatch, SinkMode, SinkShape } from "../sink.js";
import type { CommitMarker } from "./commit-marker.js";
import { KafkaSession, type KafkaSinkConfig } from "./kafka-session.js";
import { recordColumnsOf, requireUpdatable } from "./record-columns.js";
import type { RecordStage } from "./record-stage.js";
import { JSON_VALUE, rowsAsJson } from "./rows-as-json.js";

/** The query's second sink. It has rows in some batches only, so that it knows of none says nothing; and the engine made them, not a select. */
const LATE_SINK = "late";

/** The attempt that runs. */
interface Run extends CommitMarker {
  readonly stage: RecordStage;
  /** What is sent at the commit; null until it is prepared. */
  batches: readonly PartitionBatches[] | null;
}

/**
 * Writes each row as a record of a topic. Per trigger one transaction: its records, and the markers by which a later process
 * knows that it has them; so readers of committed records see every row once. Rows are encoded as they come and sent at the
 * commit: no transaction is open for longer than it takes to send one trigger. Without transactions: at least once. Rows that
 * came too late become JSON objects.
 */
export class KafkaSink implements Sink {
  readonly label: string;
  readonly modes: readonly SinkMode[] = ["append", "update"];
  readonly deletes = true;
  readonly idempotent: boolean;
  readonly durable: boolean;
  readonly #config: KafkaSinkConfig;
  #query: string | null = null;
  #session: KafkaSession | null = null;
  #isLate = false;
  #run: Run | null = null;
  #conflict: SinkError | null = null;

  constructor(config: KafkaSinkConfig) {
    this.#config = config;
    this.label = config.options.topic === null ? "kafka" : `kafka(${config.options.topic})`;
    this.idempotent = config.transactional;
    this.durable = config.transactional;
  }

  /** @throws SinkError SINK_COLUMNS, KAFKA_TOPIC_UNKNOWN, CODEC_MISSING, and what keeps from reaching the cluster */
  async open(query: string, sink: string, shape: SinkShape): Promise<void> {
    const isLate = sink === LATE_SINK;
    const columns = recordColumnsOf(isLate ? JSON_VALUE : shape.schema, this.#config.options.topic !== null);
    const isUpdate = shape.mode === "update" && !shape.insertOnly;
    if (shape.mode === "update") requireUpdatable(shape, columns);
    const known = query === this.#query ? (this.#session?.committed ?? null) : null;
    await this.close();
    this.#query = query;
    this.#conflict = null;
    this.#isLate = isLate;
    this.#session = await KafkaSession.open(this.#config, { query, sink, columns, isKeyed: isUpdate, known });
  }

  async committed(): Promise<CommitMarker | null> {
    return this.#use().committed;
  }

  async begin(batch: number, attempt: number): Promise<void> {
    const session = this.#use();
    if (this.#conflict !== null) throw this.#conflict;
    this.#run = null;
    await session.refresh();
    if (session.committed === null && batch > 0) this.#requireMarker(batch);
    this.#run = { batch, attempt, stage: session.stage(batch, this.#placeOf(batch)), batches: null };
  }

  async write({ chunk }: SinkBatch): Promise<void> {
    assert(this.#run !== null, "a batch is begun before it is written");
    await this.#run.stage.add(this.#isLate ? rowsAsJson(chunk) : chunk);
  }

  async prepare(): Promise<string> {
    const run = this.#run;
    assert(run !== null, "a batch is begun before it is prepared");
    run.batches = await this.#use().withMarkers(await run.stage.finish(), run);
    return `${run.stage.rows} records for ${this.label}`;
  }

  async commit({ batch, attempt }: CommitPermit): Promise<void> {
    const session = this.#use();
    const { committed } = session;
    if (committed !== null && committed.batch >= batch) {
      if (committed.batch === batch && committed.attempt !== attempt) throw this.#committedBy(committed, attempt);
      return;
    }
    const run = this.#run;
    const isPrepared = run?.batch === batch && run.attempt === attempt && run.batches !== null;
    assert(isPrepared, "the attempt that is committed is the one that was prepared");
    this.#run = null;
    try {
      await session.commit(run.batches ?? [], { batch, attempt }, this.#placeOf(batch));
    } catch (error) {
      throw this.#reasonOf(error, batch);
    }
  }

  /** Nothing of an attempt is sent before its commit. */
  async abort(attempt: number): Promise<void> {
    if (this.#run?.attempt === attempt) this.#run = null;
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#run = null;
    await session?.close();
  }

  #use(): KafkaSession {
    assert(this.#session !== null, "a sink is opened before it is written to");
    return this.#session;
  }

  #placeOf(batch: number): string {
    return `sink ${this.label}, batch ${batch}`;
  }

  /** Whether batches below have been written cannot be told without a marker, and to write one twice must not happen. */
  #requireMarker(batch: number): void {
    if (!this.#config.transactional || this.#config.resetSink || this.#isLate) return;
    const { group, commitTopic } = this.#use().names;
    throw new SinkError(
      "SINK_MARKER_MISSING",
      `Batch ${batch} comes next, and nothing tells which batches the cluster has: the group "${group}" has no offset (it expires), and the topic "${commitTopic}" has no record of the query.`,
      {
        place: this.#placeOf(batch),
        hint: `If batch ${batch - 1} is the last one that is there, or rows may come twice, start once with the option resetSink: true; else start with a new checkpoint.`,
      },
    );
  }

  #reasonOf(error: unknown, batch: number): unknown {
    if (!(error instanceof MillraceError) || error.code !== "KAFKA_FENCED") return error;
    this.#conflict = new SinkError(
      "SINK_CONFLICT",
      `Another run of the query has taken over its sink, or sending took longer than a transaction may, ${this.#config.transactionTimeoutMs} ms: batch ${batch} was not committed by this one.`,
      {
        place: this.#placeOf(batch),
        hint: "Let one run at a time write, raise transactionTimeout if batches are large, and start this query again: it goes on behind what is committed.",
        cause: error,
      },
    );
    return this.#conflict;
  }

  #committedBy(committed: CommitMarker, attempt: number): SinkError {
    return new SinkError(
      "SINK_CONFLICT",
      `Batch ${committed.batch} is committed by attempt ${committed.attempt}, so attempt ${attempt} cannot be: two runs write.`,
      {
        place: this.#placeOf(committed.batch),
        hint: "Let one run at a time write, and start this query again: it goes on behind what is committed.",
      },
    );
  }
}
