import type { StoredRecord } from "./fake-record.js";

/** What became of a transaction: shared by all records in it. */
export interface Fate {
  outcome: "open" | "committed" | "aborted";
}

interface Fated {
  readonly record: StoredRecord;
  readonly fate: Fate;
}

/** Of records outside of transactions. */
export const PLAIN: Fate = { outcome: "committed" };

/** The truth about every record, kept beside the logs and never read from them. A log is named by topic id and partition. */
export class Fates {
  readonly #logs = new Map<string, readonly Fated[]>();

  add(log: string, records: readonly StoredRecord[], fate: Fate): void {
    const kept = this.#logs.get(log) as Fated[] | undefined;
    const all = kept ?? [];
    for (const record of records) all.push({ record, fate });
    if (kept === undefined) this.#logs.set(log, all);
  }

  all(log: string): StoredRecord[] {
    return this.#of(log).map((one) => one.record);
  }

  /** Below the first record whose transaction is open, without those of aborted ones. */
  committed(log: string): StoredRecord[] {
    const all = this.#of(log);
    const open = all.findIndex((one) => one.fate.outcome === "open");
    const decided = open < 0 ? all : all.slice(0, open);
    return decided.filter((one) => one.fate.outcome === "committed").map((one) => one.record);
  }

  keep(log: string, isKept: (record: StoredRecord) => boolean): void {
    const left = this.#of(log).filter((one) => isKept(one.record));
    this.#logs.set(log, left);
  }

  /** Below `bound` the last committed record of each key stays. */
  compact(log: string, bound: number): void {
    const newest = new Map<string, StoredRecord>();
    for (const { record, fate } of this.#of(log)) {
      if (record.offset < bound && record.key !== null && fate.outcome === "committed") {
        newest.set(Buffer.from(record.key).toString("hex"), record);
      }
    }
    const kept = new Set(newest.values());
    this.keep(log, (record) => record.offset >= bound || kept.has(record));
  }

  #of(log: string): readonly Fated[] {
    return this.#logs.get(log) ?? [];
  }
}
