import { type BatchHeader, readBatchHeader, readBatchRecords } from "./fake-batch-reader.js";
import { ProducerSequences } from "./producer-sequences.js";
import { TransactionIndex } from "./transaction-index.js";

/** Brokers index their logs this coarsely. */
const INDEX_INTERVAL = 4096;

export interface LogBatch extends BatchHeader {
  readonly bytes: Uint8Array;
  /** Bytes of the log before it. */
  readonly position: number;
  readonly indexed: boolean;
}

/** Up to where, and how much: `atLeastOne` lets the first batch be larger than `maxBytes`. */
export interface ReadLimits {
  readonly bound: number;
  readonly maxBytes: number;
  readonly atLeastOne: boolean;
}

/** The log of one partition: batches as bytes, and what a leader keeps beside them. */
export class PartitionLog {
  leader: number;
  epoch = 0;
  start = 0;
  end = 0;
  sequences = new ProducerSequences();
  #batches: LogBatch[] = [];
  #size = 0;
  #sinceIndexed = 0;
  #transactions = new TransactionIndex();

  constructor(leader: number) {
    this.leader = leader;
  }

  get batches(): readonly LogBatch[] {
    return this.#batches;
  }

  /** Everything below is decided. */
  get stable(): number {
    return Math.max(this.start, Math.min(this.end, this.#transactions.firstOpen));
  }

  /** Takes the bytes over, and gives them their offset and leader epoch. */
  append(bytes: Uint8Array): LogBatch {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setBigInt64(0, BigInt(this.end));
    view.setInt32(12, this.epoch);
    const batch = this.#push(bytes);
    this.end = Math.max(this.end, batch.last + 1);
    return batch;
  }

  /** Bytes from the batch that holds `offset` on, or from the next one: whole batches, but for the last. */
  read(offset: number, limits: ReadLimits): Uint8Array {
    const from = this.#indexOf(offset);
    const first = this.#batches[from];
    if (first === undefined || first.base >= limits.bound) return new Uint8Array(0);
    const most = limits.atLeastOne ? Math.max(limits.maxBytes, first.bytes.length) : limits.maxBytes;
    const length = Math.min(most, this.#positionOf(limits.bound) - first.position);
    return length < first.bytes.length ? new Uint8Array(0) : this.#copy(from, length);
  }

  /** As a broker finds them for a fetch of `length` bytes: in the order they ended, and more than are needed. */
  aborted(offset: number, length: number): { readonly producerId: number; readonly first: number }[] {
    const first = this.#batches[this.#indexOf(offset)];
    if (first === undefined) return [];
    const behind = this.#batches.find((batch) => batch.indexed && batch.position >= first.position + length);
    return this.#transactions.aborted(offset, behind?.last ?? this.end);
  }

  isAborted(batch: LogBatch): boolean {
    return batch.transactional && this.#transactions.isAborted(batch.producerId, batch.base);
  }

  /** The first record of any kind, markers too, that is as new as `millis`. */
  atTime(millis: number): { readonly offset: number; readonly timestamp: number } | null {
    for (const batch of this.#batches) {
      if (batch.maxTimestamp < millis) continue;
      const found = readBatchRecords(batch.bytes).find((one) => one.timestamp >= millis && one.offset >= this.start);
      if (found !== undefined) return found;
    }
    return null;
  }

  deleteBefore(offset: number): void {
    this.start = Math.max(this.start, offset);
    this.#batches = this.#batches.filter((batch) => batch.last >= this.start);
  }

  truncateTo(offset: number): void {
    this.replace(this.#batches.filter((batch) => batch.last < offset).map((batch) => batch.bytes));
    this.end = Math.min(this.end, offset);
    this.start = Math.min(this.start, offset);
    this.sequences = ProducerSequences.of(this.#batches);
  }

  /** Other batches for the same offsets. */
  replace(batches: readonly Uint8Array[]): void {
    this.#batches = [];
    this.#size = 0;
    this.#sinceIndexed = 0;
    this.#transactions = new TransactionIndex();
    for (const batch of batches) this.#push(batch);
  }

  #push(bytes: Uint8Array): LogBatch {
    const indexed = this.#sinceIndexed > INDEX_INTERVAL;
    const batch = { ...readBatchHeader(bytes), bytes, position: this.#size, indexed };
    this.#sinceIndexed = (indexed ? 0 : this.#sinceIndexed) + bytes.length;
    this.#size += bytes.length;
    this.#batches.push(batch);
    this.#transactions.add(batch);
    return batch;
  }

  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#batches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#batches[middle]!.last < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #positionOf(bound: number): number {
    return this.#batches[this.#indexOf(bound)]?.position ?? this.#size;
  }

  #copy(from: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let index = from, at = 0; at < length; index++) {
      const { bytes } = this.#batches[index]!;
      out.set(bytes.subarray(0, length - at), at);
      at += bytes.length;
    }
    return out;
  }
}
