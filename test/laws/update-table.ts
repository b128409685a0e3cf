import { expect } from "vitest";
import type { OutputShape } from "../../src/plan/streaming-plan.js";
import type { OutputRow } from "./harness.js";
import { Multiset } from "./multiset.js";
import { keyOf, type Row } from "./oracle/values.js";

/** What a sink of update mode holds: rows by key, replaced and removed as they come; checks law 18 on the way. */
export class UpdateTable {
  readonly #shape: OutputShape;
  readonly #rows = new Map<string, Row>();
  #last = new Multiset();

  constructor(shape: OutputShape) {
    this.#shape = shape;
  }

  /** Applies what one trigger sent; `expected` is what the table must then stand for. */
  apply(rows: readonly OutputRow[], expected: Multiset, t: number): void {
    const { visibleKey, insertOnly } = this.#shape;
    if (insertOnly) this.#append(rows, expected, t);
    else if (visibleKey === null) this.#hidden(rows, expected, t);
    else this.#upsert(rows, visibleKey, { expected, t });
    this.#last = expected.copy();
  }

  #append(rows: readonly OutputRow[], expected: Multiset, t: number): void {
    expect(Multiset.of(rows).lines(), `update after trigger ${t}`).toEqual(
      expected.copy().add(this.#last.rows(), -1).lines(),
    );
  }

  /** Without a key that the sink sees: each new row is sent, and nothing that is not there. */
  #hidden(rows: readonly OutputRow[], expected: Multiset, t: number): void {
    for (const { row, deleted } of rows) {
      expect(deleted, `a delete without a key in trigger ${t}`).toBe(false);
      expect(expected.weightOf(row), `update sent in trigger ${t} what is not there`).toBeGreaterThan(0);
    }
    const sent = Multiset.of(rows);
    const come = expected.copy().add(this.#last.rows(), -1).rows();
    for (const { row, weight } of come)
      expect(sent.weightOf(row), `update kept back in trigger ${t} what is new`).toBeGreaterThanOrEqual(weight);
  }

  #upsert(
    rows: readonly OutputRow[],
    key: readonly number[],
    { expected, t }: { expected: Multiset; t: number },
  ): void {
    const touched = new Set<string>();
    for (const { row, deleted } of rows) {
      const id = keyOf(key.map((ordinal) => row[ordinal]));
      expect(touched.has(id), `one key twice in trigger ${t}`).toBe(false);
      touched.add(id);
      const old = this.#rows.get(id);
      if (deleted) {
        expect(old, `a tombstone for a key that is not there, in trigger ${t}`).toBeDefined();
        for (const [i, value] of row.entries())
          if (!key.includes(i)) expect(value, "a tombstone has its key only").toBeNull();
        this.#rows.delete(id);
      } else {
        expect(old === undefined || keyOf(old) !== keyOf(row), `an unchanged row was sent in trigger ${t}`).toBe(true);
        this.#rows.set(id, row);
      }
    }
    const table = Multiset.of([...this.#rows.values()].map((row) => ({ row, weight: 1 })));
    expect(table.lines(), `update after trigger ${t}`).toEqual(expected.lines());
  }
}
