import type { LogBatch } from "./partition-log.js";

interface Aborted {
  readonly producerId: number;
  readonly first: number;
  /** The offset of the abort marker. */
  readonly last: number;
  /** The last stable offset when it was written. */
  readonly stable: number;
}

/** Which transactions of a log are open, and which were aborted: what a broker learns from the batches as they come. */
export class TransactionIndex {
  readonly #open = new Map<number, number>();
  readonly #aborted: Aborted[] = [];

  /** Infinity where none is open. */
  get firstOpen(): number {
    return Math.min(...this.#open.values());
  }

  add(batch: LogBatch): void {
    if (!batch.transactional) return;
    if (batch.control) this.#end(batch);
    else if (!this.#open.has(batch.producerId)) this.#open.set(batch.producerId, batch.base);
  }

  /** Those that may have records in [from, to), in the order they ended: not that of their first offsets. */
  aborted(from: number, to: number): Aborted[] {
    const found: Aborted[] = [];
    for (const one of this.#aborted) {
      if (one.last >= from && one.first < to) found.push(one);
      if (one.stable >= to) break;
    }
    return found;
  }

  isAborted(producerId: number, offset: number): boolean {
    return this.#aborted.some((one) => one.producerId === producerId && one.first <= offset && offset < one.last);
  }

  #end(marker: LogBatch): void {
    const first = this.#open.get(marker.producerId);
    this.#open.delete(marker.producerId);
    if (first === undefined || isCommit(marker)) return;
    const stable = Math.min(this.firstOpen, marker.last + 1);
    this.#aborted.push({ producerId: marker.producerId, first, last: marker.last, stable });
  }
}

/** Header, then the record's length, attributes, two deltas and the key's length of one byte each, and the key's version. */
function isCommit(marker: LogBatch): boolean {
  return marker.bytes[61 + 5 + 2 + 1] === 1;
}
