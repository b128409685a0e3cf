import type { Column } from "../../columnar/column.js";
import { growFloat64 } from "../../state/grow.js";
import { sparseColumnOf, sparseFloatsOf } from "../../state/slot-columns.js";

/** Rows that go into accumulators, with the group of each. Entry i is physical row rows[i]; arrays may be longer. */
export interface Contributions {
  readonly count: number;
  readonly rows: Int32Array;
  readonly groups: Int32Array;
  /** By entry; null = all +1. Never 0. */
  readonly weights: Int32Array | null;
  /** Arrival number of physical row 0. */
  readonly firstSequence: number;
}

/** What decides whether a row contributes: no argument NULL, and `where` true. */
export interface ContributionTest {
  /** Ordinals of the evaluated columns that must not be NULL. */
  readonly required: readonly number[];
  readonly where: number | null;
}

/**
 * The rows that contribute to the aggregates of one test, and, per group, the weight of those that did not: the
 * number of contributions is the group's rows minus it, which costs nothing where there are no NULLs
 * (performance.md 10, rule 12).
 */
export class ContributionFilter {
  readonly #test: ContributionTest;
  #missed: Float64Array | null = null;
  #capacity = 0;

  constructor(test: ContributionTest) {
    this.#test = test;
  }

  get bytes(): number {
    return this.#missed?.byteLength ?? 0;
  }

  grow(capacity: number): void {
    this.#capacity = capacity;
    if (this.#missed !== null && this.#missed.length < capacity) this.#missed = growFloat64(this.#missed, capacity);
  }

  /** The entries that pass; the others are counted as missed. */
  select(all: Contributions, columns: readonly Column[]): Contributions {
    const verdict = this.#verdict(all, columns);
    if (verdict === null) return all;
    this.#missed ??= new Float64Array(this.#capacity);
    return partition(all, verdict, this.#missed);
  }

  /** No row of the chunk would be left out. */
  takesAll(columns: readonly Column[]): boolean {
    return this.#test.where === null && this.#test.required.every((index) => validRows(columns[index]) === null);
  }

  /** By position: contributions of groups that have so many rows. The same array where no row was ever left out. */
  present(rows: Float64Array, groups: Int32Array): Float64Array {
    const missed = this.#missed;
    return missed === null ? rows : rows.map((count, i) => count - missed[groups[i]]);
  }

  clear(group: number): void {
    if (this.#missed !== null) this.#missed[group] = 0;
  }

  merge(into: number, from: number): void {
    if (this.#missed !== null) this.#missed[into] += this.#missed[from];
  }

  /** What the groups missed, for a checkpoint. */
  save(groups: Int32Array): Column {
    return sparseColumnOf(this.#missed, groups);
  }

  load(groups: Int32Array, column: Column): void {
    const missed = sparseFloatsOf(column);
    if (missed !== null) this.#missed ??= new Float64Array(this.#capacity);
    if (this.#missed === null) return;
    for (let i = 0; i < groups.length; i++) this.#missed[groups[i]] = missed === null ? 0 : missed[i];
  }

  /** Per physical row 1 = passes; null = every row does. */
  #verdict(all: Contributions, columns: readonly Column[]): Uint8Array | null {
    let verdict: Uint8Array | null = null;
    for (const index of this.#test.required) verdict = both(verdict, validRows(columns[index]), all);
    if (this.#test.where !== null) verdict = both(verdict, trueRows(columns[this.#test.where]), all);
    return verdict;
  }
}

function validRows(column: Column): Uint8Array | null {
  if (column.layout === "null") return new Uint8Array(column.length);
  return column.nullCount === 0 ? null : column.validity;
}

function trueRows(column: Column): Uint8Array {
  if (column.layout !== "bool") return new Uint8Array(column.length);
  const { values, validity } = column;
  if (validity === null) return values;
  const passes = new Uint8Array(column.length);
  for (let row = 0; row < passes.length; row++) passes[row] = values[row] & validity[row];
  return passes;
}

function both(first: Uint8Array | null, second: Uint8Array | null, all: Contributions): Uint8Array | null {
  if (first === null || second === null) return first ?? second;
  const passes = new Uint8Array(Math.max(first.length, second.length));
  for (let i = 0; i < all.count; i++) passes[all.rows[i]] = first[all.rows[i]] & second[all.rows[i]];
  return passes;
}

function partition(all: Contributions, verdict: Uint8Array, missed: Float64Array): Contributions {
  const rows = new Int32Array(all.count);
  const groups = new Int32Array(all.count);
  const weights = all.weights === null ? null : new Int32Array(all.count);
  let count = 0;
  for (let i = 0; i < all.count; i++) {
    const row = all.rows[i];
    const weight = all.weights === null ? 1 : all.weights[i];
    if (verdict[row] === 0) {
      missed[all.groups[i]] += weight;
      continue;
    }
    rows[count] = row;
    groups[count] = all.groups[i];
    if (weights !== null) weights[count] = weight;
    count++;
  }
  return { count, rows, groups, weights, firstSequence: all.firstSequence };
}
