import type { Column } from "../../columnar/column.js";
import type { ResolvedAggregate } from "../../plan/analysed-node.js";
import { growFloat64 } from "../../state/grow.js";
import { float64ColumnOf, float64sOf } from "../../state/slot-columns.js";
import type { StatePart } from "../../state/state-part.js";
import type { Field } from "../../types/data-type.js";
import type { Accumulator, UpdateStep } from "./accumulator.js";
import { ContributionFilter, type Contributions, type ContributionTest } from "./contributions.js";
import { type AccumulatorOptions, createAccumulator, takesNulls } from "./create-accumulator.js";
import type { ExpressionSlots } from "./expression-slots.js";
import { FLOAT64 } from "./result-types.js";

interface Member {
  readonly name: string;
  readonly accumulator: Accumulator;
  readonly args: readonly number[];
  /** Ordinal among the filters: aggregates that take the same rows share one. */
  readonly filter: number;
}

const ROWS: Field = { name: "_rows", type: FLOAT64, nullable: false };

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
      const accumulator = createAccumulator(aggregate, options);
      return { name: aggregate.outputName, accumulator, args, filter: tests.indexOf(name) };
    });
  }

  get bytes(): number {
    let bytes = this.#rows.byteLength;
    for (const filter of this.#filters) bytes += filter.bytes;
    for (const { accumulator } of this.#members) bytes += accumulator.bytes;
    return bytes;
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

  /** By group: rows so far, for the loop that runs these steps and counts rows itself. */
  get rowCounts(): Float64Array {
    return this.#rows;
  }

  /** What each row of weight 1 does to the accumulators; null where that is no one loop: a row is left out, or an aggregate has no step. */
  updateSteps(columns: readonly Column[]): readonly UpdateStep[] | null {
    if (!this.#filters.every((filter) => filter.takesAll(columns))) return null;
    const steps: UpdateStep[] = [];
    for (const { accumulator, args } of this.#members) {
      const step = accumulator.updateStep?.(args.map((index) => columns[index])) ?? null;
      if (step === null) return null;
      if (step.code !== "") steps.push(step);
    }
    return steps;
  }

  /** The result columns of groups[0, count). */
  finish(groups: Int32Array, count: number): Column[] {
    const rows = new Float64Array(count);
    for (let i = 0; i < count; i++) rows[i] = this.#rows[groups[i]];
    const present = this.#filters.map((filter) => filter.present(rows, groups));
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

  /** What `save` gives: the groups' rows, what every filter left out of them, the state of every aggregate. */
  get fields(): readonly Field[] {
    const missed = this.#filters.map((_, index): Field => ({ name: `_missed${index}`, type: FLOAT64, nullable: true }));
    const states = this.#members.flatMap(({ name, accumulator }) =>
      accumulator.fields.map((field) => ({ ...field, name: `${name}.${field.name}` })),
    );
    return [ROWS, ...missed, ...states];
  }

  save(groups: Int32Array): readonly Column[] {
    const missed = this.#filters.map((filter) => filter.save(groups));
    const states = this.#members.flatMap(({ accumulator }) => accumulator.save(groups));
    return [float64ColumnOf(this.#rows, groups), ...missed, ...states];
  }

  /** There is room for the groups. */
  load(groups: Int32Array, [rows, ...others]: readonly Column[]): void {
    const rowsOf = float64sOf(rows);
    for (let i = 0; i < groups.length; i++) this.#rows[groups[i]] = rowsOf[i];
    for (const [index, filter] of this.#filters.entries()) filter.load(groups, others[index]);
    let from = this.#filters.length;
    for (const { accumulator } of this.#members) {
      const to = from + accumulator.fields.length;
      accumulator.load(groups, others.slice(from, to));
      from = to;
    }
  }

  /** A restored table does not know these groups any more. What the `durableParts` hold of them, those forget. */
  forget(groups: Int32Array): void {
    for (const group of groups) {
      this.#rows[group] = 0;
      for (const filter of this.#filters) filter.clear(group);
    }
    for (const { accumulator } of this.#members)
      if (accumulator.fields.length > 0) accumulator.clear(groups, groups.length);
  }

  /** Called once, before anything is added: the tables of aggregates whose state is of variable size. */
  durableParts(): readonly StatePart[] {
    return this.#members.flatMap(({ accumulator }, index) => accumulator.durableParts?.(`values-${index}`) ?? []);
  }
}

function countRows(rows: Float64Array, { count, groups, weights }: Contributions): void {
  if (weights === null) for (let i = 0; i < count; i++) rows[groups[i]]++;
  else for (let i = 0; i < count; i++) rows[groups[i]] += weights[i];
}
