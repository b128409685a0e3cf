import type { Clock } from "../../../src/common/clock.js";
import { encodeFakeBatch, markerRecord } from "./fake-batch-writer.js";
import type { Fate } from "./fates.js";
import type { GroupOffsets } from "./group-offsets.js";
import type { PartitionLog } from "./partition-log.js";

const INVALID_PRODUCER_EPOCH = 47;
const INVALID_TXN_STATE = 48;
const INVALID_PRODUCER_ID_MAPPING = 49;
const INVALID_TRANSACTION_TIMEOUT = 50;
const CONCURRENT_TRANSACTIONS = 51;
const MAX_TIMEOUT_MS = 900_000;
const LAST_EPOCH = 32_766;
const FIRST_PRODUCER_ID = 4000;

/** Who asks, as every request of a transaction says. */
export interface Requester {
  readonly id: string;
  readonly producerId: number;
  readonly epoch: number;
}

export interface Transaction {
  readonly id: string;
  producerId: number;
  epoch: number;
  timeoutMs: number;
  /** "deciding": decided, its markers are not written. */
  state: "none" | "open" | "deciding" | "committed" | "aborted";
  fate: Fate;
  since: number;
  readonly logs: Set<PartitionLog>;
  readonly groups: Set<string>;
}

/** The transaction coordinator. */
export class Transactions {
  readonly #clock: Clock;
  readonly #offsets: GroupOffsets;
  readonly #byId = new Map<string, Transaction>();
  #producerIds = FIRST_PRODUCER_ID;
  /** What is to be written at release; null: nothing is held back. */
  #held: (() => void)[] | null = null;

  constructor(clock: Clock, offsets: GroupOffsets) {
    this.#clock = clock;
    this.#offsets = offsets;
  }

  /** InitProducerId. An open transaction is aborted by it, and the caller told to come again. */
  init(id: string | null, timeoutMs: number): { readonly error: number; readonly producerId: number; epoch: number } {
    if (id === null) return { error: 0, producerId: this.#producerIds++, epoch: 0 };
    if (timeoutMs <= 0 || timeoutMs > MAX_TIMEOUT_MS) return refused(INVALID_TRANSACTION_TIMEOUT);
    const known = this.#byId.get(id);
    if (known === undefined) return this.#first(id, timeoutMs);
    if (known.state === "open") this.#fence(known);
    else if (known.state !== "deciding") return this.#next(known, timeoutMs);
    return refused(CONCURRENT_TRANSACTIONS);
  }

  /** AddPartitionsToTxn and AddOffsetsToTxn: an error code, or 0 and the transaction is open. */
  add(by: Requester, what: { readonly logs?: readonly PartitionLog[]; readonly group?: string }): number {
    const error = this.#refusal(by);
    if (error !== 0) return error;
    const transaction = this.#byId.get(by.id)!;
    if (transaction.state !== "open") this.#open(transaction);
    for (const log of what.logs ?? []) transaction.logs.add(log);
    if (what.group !== undefined) transaction.groups.add(what.group);
    return 0;
  }

  /** EndTxn. The same end again is fine. */
  end(by: Requester, commit: boolean): number {
    const error = this.#refusal(by);
    if (error !== 0) return error;
    const transaction = this.#byId.get(by.id)!;
    if (transaction.state === (commit ? "committed" : "aborted")) return 0;
    if (transaction.state !== "open") return INVALID_TXN_STATE;
    this.#decide(transaction, commit);
    return 0;
  }

  /** For a transactional batch or group offset: an error code, or 0 where it belongs to an open transaction. */
  verify(by: Omit<Requester, "id">, holds: (transaction: Transaction) => boolean): number {
    const transaction = this.ofProducer(by.producerId);
    if (transaction === undefined) return INVALID_PRODUCER_ID_MAPPING;
    if (by.epoch < transaction.epoch) return INVALID_PRODUCER_EPOCH;
    return transaction.state === "open" && holds(transaction) ? 0 : INVALID_TXN_STATE;
  }

  ofProducer(producerId: number): Transaction | undefined {
    return [...this.#byId.values()].find((one) => one.producerId === producerId);
  }

  get(id: string): Transaction | undefined {
    return this.#byId.get(id);
  }

  /** Aborts what has been open for longer than its timeout. */
  expire(): void {
    for (const one of this.#byId.values()) {
      if (one.state === "open" && this.#clock.now() >= one.since + one.timeoutMs) this.#fence(one);
    }
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const write of held) write();
  }

  #first(id: string, timeoutMs: number): { error: number; producerId: number; epoch: number } {
    const producerId = this.#producerIds++;
    const nothing = { logs: new Set<PartitionLog>(), groups: new Set<string>(), since: 0 };
    const fate: Fate = { outcome: "open" };
    this.#byId.set(id, { id, producerId, epoch: 0, timeoutMs, state: "none", fate, ...nothing });
    return { error: 0, producerId, epoch: 0 };
  }

  #next(known: Transaction, timeoutMs: number): { error: number; producerId: number; epoch: number } {
    const exhausted = known.epoch >= LAST_EPOCH;
    known.producerId = exhausted ? this.#producerIds++ : known.producerId;
    known.epoch = exhausted ? 0 : known.epoch + 1;
    known.timeoutMs = timeoutMs;
    known.state = "none";
    return { error: 0, producerId: known.producerId, epoch: known.epoch };
  }

  #refusal(by: Requester): number {
    const transaction = this.#byId.get(by.id);
    if (transaction === undefined || transaction.producerId !== by.producerId) return INVALID_PRODUCER_ID_MAPPING;
    if (transaction.epoch !== by.epoch) return INVALID_PRODUCER_EPOCH;
    return transaction.state === "deciding" ? CONCURRENT_TRANSACTIONS : 0;
  }

  #open(transaction: Transaction): void {
    transaction.state = "open";
    transaction.fate = { outcome: "open" };
    transaction.since = this.#clock.now();
    transaction.logs.clear();
    transaction.groups.clear();
  }

  #fence(transaction: Transaction): void {
    transaction.epoch++;
    this.#decide(transaction, false);
  }

  #decide(transaction: Transaction, commit: boolean): void {
    transaction.state = "deciding";
    const write = (): void => this.#finish(transaction, commit);
    if (this.#held === null) write();
    else this.#held.push(write);
  }

  #finish(transaction: Transaction, commit: boolean): void {
    const { producerId, epoch } = transaction;
    for (const log of transaction.logs) {
      const records = [markerRecord(log.end, { commit, timestamp: this.#clock.now() })];
      const stamp = { producerId, epoch, transactional: true, control: true };
      log.sequences.record(log.append(encodeFakeBatch({ base: log.end, records, ...stamp })));
    }
    this.#offsets.end(producerId, commit);
    transaction.fate.outcome = commit ? "committed" : "aborted";
    transaction.state = transaction.fate.outcome;
  }
}

function refused(error: number): { error: number; producerId: number; epoch: number } {
  return { error, producerId: -1, epoch: -1 };
}
