import { readBatchHeader, readBatchRecords } from "./fake-batch-reader.js";
import { encodeFakeBatch } from "./fake-batch-writer.js";
import type { FakeCluster } from "./fake-cluster.js";
import type { AppendOptions, FakeBytes, FakeRecord, StoredRecord } from "./fake-record.js";
import { type Fate, PLAIN } from "./fates.js";
import type { PartitionLog } from "./partition-log.js";
import type { Transaction } from "./transactions.js";

const TIMEOUT_MS = 900_000;

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** What a test writes into logs, past the wire. */
export class FakeAppends {
  readonly #cluster: FakeCluster;

  constructor(cluster: FakeCluster) {
    this.#cluster = cluster;
  }

  append(place: Place, records: readonly FakeRecord[], options: AppendOptions): number {
    const log = this.#cluster.log(place.topic, place.partition);
    const appendTime = this.#cluster.topic(place.topic).stampsAppendTime ? this.#cluster.clock.now() : undefined;
    const stored = records.map((record, index) => this.#stored(record, { offset: log.end + index, appendTime }));
    const batch = { base: log.end, records: stored, codec: options.codec, appendTime };
    if (options.transaction === undefined)
      return this.#write(place, { bytes: encodeFakeBatch(batch), stored, fate: PLAIN });
    const transaction = this.#opened(options.transaction, log);
    const { producerId, epoch, fate } = transaction;
    const stamp = { producerId, epoch, sequence: log.sequences.next(producerId, epoch), transactional: true };
    return this.#write(place, { bytes: encodeFakeBatch({ ...batch, ...stamp }), stored, fate });
  }

  /** What cannot be read as records outside of a transaction is no part of the truth. */
  appendRaw(place: Place, batch: Uint8Array): number {
    const bytes = new Uint8Array(batch);
    const base = this.#cluster.log(place.topic, place.partition).end;
    return this.#write(place, { bytes, stored: plainRecords(bytes, base), fate: PLAIN });
  }

  end(id: string, commit: boolean): void {
    const { producerId, epoch } = this.#transaction(id);
    const error = this.#cluster.transactions.end({ id, producerId, epoch }, commit);
    if (error !== 0) throw new RangeError(`transaction ${id} cannot end: error ${error}`);
    this.#cluster.changed();
  }

  #write(place: Place, what: { bytes: Uint8Array; stored: readonly StoredRecord[]; fate: Fate }): number {
    const log = this.#cluster.log(place.topic, place.partition);
    const batch = log.append(what.bytes);
    log.sequences.record(batch);
    const name = this.#cluster.topic(place.topic).logName(place.partition);
    this.#cluster.fates.add(name, what.stored, what.fate);
    this.#cluster.changed();
    return batch.base;
  }

  #opened(id: string, log: PartitionLog): Transaction {
    const { transactions } = this.#cluster;
    if (transactions.get(id) === undefined) transactions.init(id, TIMEOUT_MS);
    const transaction = this.#transaction(id);
    transaction.timeoutMs = Number.POSITIVE_INFINITY;
    const error = transactions.add(
      { id, producerId: transaction.producerId, epoch: transaction.epoch },
      { logs: [log] },
    );
    if (error !== 0) throw new RangeError(`transaction ${id} takes nothing: error ${error}`);
    return transaction;
  }

  #transaction(id: string): Transaction {
    const transaction = this.#cluster.transactions.get(id);
    if (transaction === undefined) throw new RangeError(`there is no transaction ${id}`);
    return transaction;
  }

  #stored(record: FakeRecord, at: { offset: number; appendTime: number | undefined }): StoredRecord {
    return {
      offset: at.offset,
      timestamp: at.appendTime ?? record.timestamp ?? this.#cluster.clock.now(),
      key: bytesOf(record.key),
      value: bytesOf(record.value),
      headers: (record.headers ?? []).map(([key, value]) => [key, bytesOf(value)] as const),
    };
  }
}

function bytesOf(value: FakeBytes | undefined): Uint8Array | null {
  return typeof value === "string" ? new TextEncoder().encode(value) : (value ?? null);
}

function plainRecords(bytes: Uint8Array, base: number): StoredRecord[] {
  const header = readBatchHeader(bytes);
  if (header.transactional || header.control) return [];
  try {
    return readBatchRecords(bytes).map((record) => ({ ...record, offset: record.offset - header.base + base }));
  } catch {
    return [];
  }
}
