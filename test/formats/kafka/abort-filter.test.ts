import { expect, it } from "vitest";
import { encodeFakeBatch, markerRecord } from "../../fakes/kafka/fake-batch-writer.js";
import type { StoredRecord } from "../../fakes/kafka/fake-record.js";
import { Random } from "../../laws/cases/random.js";
import { decode, joined, recordsOf } from "./decoded.js";

interface Transaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Of its marker; infinite while it is open. */
  lastOffset: number;
  isAborted: boolean;
}

interface Written {
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly end: number;
}

/** A log of four producers, one without transactions; of each record what it is a part of. */
class Log {
  readonly batches: Written[] = [];
  readonly transactions: Transaction[] = [];
  /** Data records that count, row by row: what the filter must give out. */
  readonly rows: { readonly offset: number; readonly transaction: Transaction | null }[] = [];
  #offset = 0;
  readonly #open = new Map<number, Transaction>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    for (let step = 0; step < 40; step++) this.#step();
  }

  get end(): number {
    return this.#offset;
  }

  #step(): void {
    const producerId = this.#random.int(0, 3);
    const open = this.#open.get(producerId);
    if (open !== undefined && this.#random.chance(0.3)) this.#finish(open);
    else this.#append(producerId);
  }

  #append(producerId: number): void {
    const base = this.#offset;
    const count = this.#random.int(1, 5);
    const records: StoredRecord[] = [];
    const transaction = producerId === 0 ? null : this.#transactionOf(producerId);
    for (let i = 0; i < count; i++) {
      const offset = base + i;
      // Compaction leaves holes, at the end of a batch too.
      if (this.#random.chance(0.2)) continue;
      records.push({
        offset,
        timestamp: 0,
        key: this.#random.chance(0.5) ? new Uint8Array(4) : null,
        value: null,
        headers: [],
      });
      this.rows.push({ offset, transaction });
    }
    const producer = transaction === null ? {} : { producerId, epoch: 0, transactional: true };
    this.#put(encodeFakeBatch({ base, records, last: base + count - 1, ...producer }), count);
  }

  #transactionOf(producerId: number): Transaction {
    const open = this.#open.get(producerId);
    if (open !== undefined) return open;
    const begun = { producerId, firstOffset: this.#offset, lastOffset: Number.POSITIVE_INFINITY, isAborted: false };
    this.#open.set(producerId, begun);
    this.transactions.push(begun);
    return begun;
  }

  #finish(transaction: Transaction): void {
    transaction.isAborted = this.#random.chance(0.5);
    transaction.lastOffset = this.#offset;
    this.#open.delete(transaction.producerId);
    const { producerId } = transaction;
    const records = [markerRecord(this.#offset, { commit: !transaction.isAborted, timestamp: 0 })];
    this.#put(
      encodeFakeBatch({ base: this.#offset, records, producerId, epoch: 0, transactional: true, control: true }),
      1,
    );
  }

  #put(bytes: Uint8Array, count: number): void {
    this.batches.push({ bytes, base: this.#offset, end: this.#offset + count });
    this.#offset += count;
  }
}

it("gives out the rows that a filter of single rows does, for random fates, ranges and sizes of fetches", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed);
    const log = new Log(random);
    for (let round = 0; round < 12; round++) {
      const from = random.int(0, log.end - 1);
      const to = random.int(from + 1, log.end + 3);
      const reaching = log.batches.filter(({ end }) => end > from);
      const fetched = reaching.slice(0, random.int(1, reaching.length));
      const upTo = fetched.at(-1)?.end ?? 0;
      const aborted = log.transactions.filter(
        (one) => one.isAborted && one.lastOffset >= from && one.firstOffset < upTo,
      );
      const listed = random.shuffled(aborted.map((one) => ({ ...one, producerId: BigInt(one.producerId) })));
      const decoded = decode(joined(...fetched.map(({ bytes }) => bytes)), { from, to, aborted: listed });
      const expected = log.rows.filter(
        ({ offset, transaction }) => offset >= from && offset < to && offset < upTo && transaction?.isAborted !== true,
      );
      expect(recordsOf(decoded).map(({ offset }) => offset)).toEqual(expected.map(({ offset }) => offset));
      expect(decoded.next).toBeGreaterThanOrEqual(Math.min(to, upTo));
    }
  }
});
