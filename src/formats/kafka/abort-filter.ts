import { BatchDamage } from "./batch-damage.js";
import type { BatchHeader } from "./batch-header.js";
import type { RecordSpan } from "./record-span.js";
import { VarintReader } from "./varint-reader.js";

const ABORT = 0;

/**
 * Which batches of one answer belong to aborted transactions. Batches are shown in order: a transaction counts from its
 * first offset up to its producer's abort marker. The broker lists transactions in no order; a producer may abort many.
 */
export class AbortFilter {
  readonly #transactions: RecordSpan["aborted"];
  #begun = 0;
  readonly #aborting = new Set<bigint>();

  constructor(aborted: RecordSpan["aborted"]) {
    this.#transactions = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Whether the records of a batch count; `bytes` are what the header was read from. */
  admits(batch: BatchHeader, bytes: Uint8Array): boolean {
    this.#begin(batch.nextOffset);
    if (!batch.isControl) return !(batch.isTransactional && this.#aborting.has(batch.producerId));
    if (batch.records > 0 && controlTypeOf(batch, bytes) === ABORT) this.#aborting.delete(batch.producerId);
    return false;
  }

  #begin(before: number): void {
    const transactions = this.#transactions;
    while (this.#begun < transactions.length && transactions[this.#begun].firstOffset < before) {
      this.#aborting.add(transactions[this.#begun].producerId);
      this.#begun++;
    }
  }
}

/** The type in the key of a control batch's record: 0 abort, 1 commit. */
function controlTypeOf(batch: BatchHeader, bytes: Uint8Array): number {
  const reader = new VarintReader(bytes, batch.from, batch.end);
  const end = reader.endOf(reader.int32(), batch.end);
  reader.at++;
  reader.int64();
  reader.int32();
  if (reader.int32() < 4 || reader.endOf(4, end) > end) throw new BatchDamage("it is a control batch without a type");
  return (bytes[reader.at + 2] << 8) | bytes[reader.at + 3];
}
