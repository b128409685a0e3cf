import type { Chunk } from "../columnar/chunk.js";
import { sliceChunk } from "../columnar/slice.js";
import type { LateRowsOfOperator } from "../plan/engine.js";

/** How many late rows an operator keeps in memory; older ones are only counted. */
export const LATE_ROWS_KEPT = 10_000;

interface Kept {
  total: number;
  rows: number;
  chunks: Chunk[];
}

/** The newest late rows of every operator, for `query.lateRows()`. */
export class LateRowStore {
  readonly #byOperator = new Map<string, Kept>();

  add(operator: string, chunk: Chunk): void {
    const kept = this.#keptOf(operator);
    kept.total += chunk.length;
    kept.rows += chunk.length;
    kept.chunks.push(chunk);
    while (kept.rows > LATE_ROWS_KEPT) dropOldest(kept);
  }

  /** How many there were, by operator. */
  totals(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#byOperator].map(([operator, { total }]) => [operator, total]));
  }

  /** Counts of an earlier run, whose rows are gone. */
  restore(totals: Readonly<Record<string, number>>): void {
    for (const [operator, total] of Object.entries(totals)) this.#keptOf(operator).total = total;
  }

  rowsOf(operator?: string): readonly LateRowsOfOperator[] {
    return [...this.#byOperator]
      .filter(([name]) => operator === undefined || name === operator)
      .map(([name, kept]) => ({ operator: name, total: kept.total, chunks: [...kept.chunks] }));
  }

  #keptOf(operator: string): Kept {
    const known = this.#byOperator.get(operator);
    if (known !== undefined) return known;
    const fresh: Kept = { total: 0, rows: 0, chunks: [] };
    this.#byOperator.set(operator, fresh);
    return fresh;
  }
}

function dropOldest(kept: Kept): void {
  const oldest = kept.chunks[0];
  const surplus = Math.min(oldest.length, kept.rows - LATE_ROWS_KEPT);
  kept.rows -= surplus;
  if (surplus === oldest.length) kept.chunks.shift();
  else kept.chunks[0] = sliceChunk(oldest, surplus, oldest.length);
}
