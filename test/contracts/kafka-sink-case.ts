import type { CommitPermit } from "../../src/checkpoint/commit-permit.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import type { KafkaSink } from "../../src/sinks/kafka/kafka-sink.js";
import type { Sink, SinkBatch, SinkMode, SinkShape } from "../../src/sinks/sink.js";
import { rowsOf } from "../fakes/rows-of.js";
import { brokerWithTopic, committedText, keyValue, sinkOn } from "../sinks/kafka/sink-on-broker.js";
import type { SinkCase } from "./sink-contract.js";

/** The suite's rows as records: its key and, as text, its number. */
class AsRecords implements Sink {
  readonly label: string;
  readonly modes: readonly SinkMode[];
  readonly deletes: boolean;
  readonly idempotent: boolean;
  readonly durable: boolean;
  readonly #sink: KafkaSink;

  constructor(sink: KafkaSink) {
    this.#sink = sink;
    this.label = sink.label;
    this.modes = sink.modes;
    this.deletes = sink.deletes;
    this.idempotent = sink.idempotent;
    this.durable = sink.durable;
  }

  open(query: string, sink: string, shape: SinkShape): Promise<void> {
    return this.#sink.open(query, sink, { ...shape, schema: keyValue });
  }

  write({ chunk, op }: SinkBatch): Promise<void> {
    const rows = rowsOf([chunk]).map(({ key, n }) => ({ key, value: n === null ? null : String(n) }));
    return this.#sink.write({ chunk: chunkFromObjects(keyValue, rows), op });
  }

  committed() {
    return this.#sink.committed();
  }

  begin(batch: number, attempt: number): Promise<void> {
    return this.#sink.begin(batch, attempt);
  }

  prepare(): Promise<string> {
    return this.#sink.prepare();
  }

  commit(permit: CommitPermit): Promise<void> {
    return this.#sink.commit(permit);
  }

  abort(attempt: number): Promise<void> {
    return this.#sink.abort(attempt);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}

/** The suite begins with any batch, which this sink takes only when it is told to go on without a marker. */
export function kafkaSinkCase(transactional: boolean): SinkCase {
  return {
    name: transactional ? "kafka" : "kafka without transactions",
    make() {
      const broker = brokerWithTopic();
      const another = (): Sink => new AsRecords(sinkOn(broker, { transactional, resetSink: true }));
      return { sink: another(), another, isShared: true, visible: () => committedText(broker)[0] ?? [] };
    },
  };
}
