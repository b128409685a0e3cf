import type { Column } from "../../columnar/column.js";
import type { ResolvedAggregate } from "../../plan/analysed-node.js";
import { growFloat64 } from "../../state/grow.js";
import type { Accumulator } from "./accumulator.js";
import { ContributionFilter, type Contributions, type ContributionTest } from "./contributions.js";
import { type AccumulatorOptions, createAccumulator, takesNulls } from "./create-accumulator.js";
import type { ExpressionSlots } from "./expression-slots.js";

interface Member {
  readonly accumulator: Accumulator;
  readonly args: readonly number[];
  /** Ordinal among the filters: aggregates that take the same rows share one. */
  readonly filter: number;
}

/** All aggregates of one operator, and how many rows every group has. Group ids come from elsewhere. */
export class AccumulatorSet {
  readonly #members: readonly Member[];
  readonly #filters: ContributionFilter[] = [];
  #rows = new Float64Array(0);

  constructor(aggregates: readonly ResolvedAggregate[], slots: ExpressionSlots, options: AccumulatorOptions) {
    const tests: string[] = [];
    this.#members = aggregates.map((aggregate) => {
      const args = aggregate.args.map((argument) => slots.add(argument));
      const where = aggregate.where === null ? null : slots.add(aggregate.where);
      const test: ContributionTest = { required: takesNulls(aggregate) ? [] : args, where };
      const name = JSON.stringify(test);
      if (!tests.includes(name)) {
        tests.push(name);
        this.#filters.push(new ContributionFilter(test));
      }
      return { accumulator: createAccumulator(aggregate, options), args, filter: tests.indexOf(name) };
    });
  }

  get bytes(): number {
    const parts = [...this.#filters, ...this.#members.map((member) => member.accumulator)];
    return parts.reduce((sum, part) => sum + part.bytes, this.#rows.byteLength);
  }

  grow(capacity: number): void {
    if (this.#rows.length >= capacity) return;
    this.#rows = growFloat64(this.#rows, capacity);
    for (const filter of this.#filters) filter.grow(capacity);
    for (const { accumulator } of this.#members) accumulator.grow(capacity);
  }

  /** Rows of the group, weights counted. */
  rowsOf(group: number): number {
    return this.#rows[group];
  }

  add(entries: Contributions, columns: readonly Column[]): void {
    countRows(this.#rows, entries);
    const selections = this.#filters.map((filter) => filter.select(entries, columns));
    for (const { accumulator, args, filter } of this.#members) {
      const selected = selections[filter];
      if (selected.count > 0)
        accumulator.add(
          selected,
          args.map((index) => columns[index]),
        );
    }
  }

  /** The result columns of groups[0, count). */
  finish(groups: Int32Array, count: number): Column[] {
    const present = this.#filters.map((filter) => this.#present(filter, groups, count));
    return this.#members.map(({ accumulator, filter }) =>
      accumulator.finish({ groups, count, present: present[filter] }),
    );
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#rows[groups[i]] = 0;
      for (const filter of this.#filters) filter.clear(groups[i]);
    }
    for (const { accumulator } of this.#members) accumulator.clear(groups, count);
  }

  /** Moves everything of group `from` into `into`. */
  merge(into: number, from: number): void {
    this.#rows[into] += this.#rows[from];
    this.#rows[from] = 0;
    for (const filter of this.#filters) {
      filter.merge(into, from);
      filter.clear(from);
    }
    for (const { accumulator } of this.#members) accumulator.merge(into, from);
  }

  #present(filter: ContributionFilter, groups: Int32Array, count: number): Float64Array {
    const present = new Float64Array(count);
    for (let i = 0; i < count; i++) present[i] = filter.present(groups[i], this.#rows[groups[i]]);
    return present;
  }
}

function countRows(rows: Float64Array, { count, groups, weights }: Contributions): void {
  if (weights === null) for (let i = 0; i < count; i++) rows[groups[i]]++;
  else for (let i = 0; i < count; i++) rows[groups[i]] += weights[i];
}
