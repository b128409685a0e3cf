import type { Column, Float64Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { growFloat64 } from "../../state/grow.js";
import { float64ColumnOf, float64sOf, sparseColumnOf, sparseFloatsOf } from "../../state/slot-columns.js";
import type { Field } from "../../types/data-type.js";
import type { UpdateStep } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { FLOAT64 } from "./result-types.js";

/** Values this large are summed apart, scaled down, so that no partial sum overflows before the whole does. */
const HUGE = 2 ** 960;
const SCALE = 2 ** -200;
/** Splits a double into two halves of 26 bits (Dekker 1971). */
const SPLITTER = 134217729;

/** What a double-double cannot hold: how many NaN and infinities a group has, and its huge values. */
interface Specials {
  nans: number;
  positives: number;
  negatives: number;
  /** Sum of the huge values times SCALE, as a double-double. */
  high: number;
  low: number;
}

const SPECIALS = ["nans", "positives", "negatives", "high", "low"] as const;

/** A sum is high + low, and what is special; either is NULL throughout where no group of a checkpoint has any. */
export const FLOAT_SUM_FIELDS: readonly Field[] = [
  { name: "high", type: FLOAT64, nullable: false },
  { name: "low", type: FLOAT64, nullable: true },
  ...SPECIALS.map((name) => ({ name: `special.${name}`, type: FLOAT64, nullable: true })),
];

/** The step of #addOnes. */
const ADD_ONE = `const value = $1[row];
  if (!(value < ${HUGE} && value > -${HUGE})) $2(g, value);
  else {
    const at = g << 1;
    const high = $0[at];
    const sum = high + value;
    const added = sum - high;
    const error = Math.abs(high) >= Math.abs(value) ? value - added : high - (sum - added) + (value - added);
    $0[at] = sum;
    if (error !== 0) $0[at + 1] += error;
  }`;

/**
 * Sums of doubles as double-doubles (Knuth's two-sum): the result does not depend on the order of the values beyond
 * its last bits, and adding x, then -x, cancels. NaN and infinities are counted, so that they cancel too.
 */
export class FloatSums {
  /** high and low of group g at 2g and 2g + 1. */
  #pairs = new Float64Array(0);
  readonly #specials = new Map<number, Specials>();

  get bytes(): number {
    return this.#pairs.byteLength + this.#specials.size * 64;
  }

  grow(capacity: number): void {
    if (this.#pairs.length < capacity * 2) this.#pairs = growFloat64(this.#pairs, capacity * 2);
  }

  add(entries: Contributions, column: Column): void {
    if (column.layout !== "float64") throw new Error(`Broken invariant: a float sum over layout ${column.layout}`);
    if (entries.weights === null) this.#addOnes(entries, column.values);
    else this.#addWeighted(entries, column.values, entries.weights);
  }

  /** #addOnes, as a part of a loop over all aggregates. */
  updateStep(column: Column): UpdateStep | null {
    if (column.layout !== "float64") return null;
    return { code: ADD_ONE, bindings: [this.#pairs, column.values, this.#addOneSpecial] };
  }

  total(group: number): number {
    const high = this.#pairs[2 * group];
    const low = this.#pairs[2 * group + 1];
    const special = this.#specials.size === 0 ? undefined : this.#specials.get(group);
    if (special === undefined) return high + low;
    if (special.nans !== 0 || (special.positives !== 0 && special.negatives !== 0)) return Number.NaN;
    if (special.positives !== 0) return Number.POSITIVE_INFINITY;
    if (special.negatives !== 0) return Number.NEGATIVE_INFINITY;
    if (special.high === 0) return high + low;
    return (special.high + (special.low + high * SCALE)) / SCALE;
  }

  clear(group: number): void {
    this.#pairs[2 * group] = 0;
    this.#pairs[2 * group + 1] = 0;
    if (this.#specials.size > 0) this.#specials.delete(group);
  }

  merge(into: number, from: number): void {
    this.#addExact(into, this.#pairs[2 * from]);
    this.#pairs[2 * into + 1] += this.#pairs[2 * from + 1];
    const special = this.#specials.get(from);
    if (special !== undefined) this.#mergeSpecial(this.#specialOf(into), special);
    this.clear(from);
  }

  save(groups: Int32Array): readonly Column[] {
    const high = float64ColumnOf(this.#pairs, groups, { width: 2, place: 0 });
    const low = sparseColumnOf(this.#pairs, groups, { width: 2, place: 1 });
    return [high, low, ...this.#saveSpecials(groups)];
  }

  load(groups: Int32Array, [high, low, ...specials]: readonly Column[]): void {
    const highs = float64sOf(high);
    const lows = sparseFloatsOf(low);
    for (let i = 0; i < groups.length; i++) {
      this.#pairs[2 * groups[i]] = highs[i];
      this.#pairs[2 * groups[i] + 1] = lows === null ? 0 : lows[i];
    }
    if (this.#specials.size > 0) for (const group of groups) this.#specials.delete(group);
    if (sparseFloatsOf(specials[0]) !== null) this.#loadSpecials(groups, specials.map(float64sOf));
  }

  #saveSpecials(groups: Int32Array): readonly Column[] {
    const isSpecial = this.#specials.size > 0 && groups.some((group) => this.#specials.has(group));
    if (!isSpecial) return SPECIALS.map(() => nullColumn(FLOAT64, groups.length));
    return SPECIALS.map((name) =>
      floatColumn(Float64Array.from(groups, (group) => this.#specials.get(group)?.[name] ?? 0)),
    );
  }

  #loadSpecials(groups: Int32Array, values: readonly Float64Array[]): void {
    for (let i = 0; i < groups.length; i++) {
      if (values.every((each) => each[i] === 0)) continue;
      const special = this.#specialOf(groups[i]);
      for (const [k, name] of SPECIALS.entries()) special[name] = values[k][i];
    }
  }

  #addOnes(entries: Contributions, values: Float64Array): void {
    const { count, rows, groups } = entries;
    const pairs = this.#pairs;
    for (let i = 0; i < count; i++) {
      const value = values[rows[i]];
      const at = groups[i] << 1;
      if (!(value < HUGE && value > -HUGE)) {
        this.#addSpecial(groups[i], value, 1);
        continue;
      }
      const high = pairs[at];
      const sum = high + value;
      const added = sum - high;
      // Where the sum is the larger of the two, as a rule, its error takes two operations less (Dekker 1971); often there is none.
      const error = Math.abs(high) >= Math.abs(value) ? value - added : high - (sum - added) + (value - added);
      pairs[at] = sum;
      if (error !== 0) pairs[at + 1] += error;
    }
  }

  #addWeighted(entries: Contributions, values: Float64Array, weights: Int32Array): void {
    for (let i = 0; i < entries.count; i++) {
      const value = values[entries.rows[i]];
      const group = entries.groups[i];
      const weight = weights[i];
      if (!(value < HUGE && value > -HUGE)) {
        this.#addSpecial(group, value, weight);
        continue;
      }
      const product = value * weight;
      this.#addExact(group, product);
      if (weight !== 1 && weight !== -1) this.#addExact(group, productError(value, weight, product));
    }
  }

  #addExact(group: number, value: number): void {
    const at = group << 1;
    const high = this.#pairs[at];
    const sum = high + value;
    const added = sum - high;
    this.#pairs[at] = sum;
    this.#pairs[at + 1] += high - (sum - added) + (value - added);
  }

  readonly #addOneSpecial = (group: number, value: number): void => this.#addSpecial(group, value, 1);

  #addSpecial(group: number, value: number, weight: number): void {
    const special = this.#specialOf(group);
    if (Number.isNaN(value)) special.nans += weight;
    else if (value === Number.POSITIVE_INFINITY) special.positives += weight;
    else if (value === Number.NEGATIVE_INFINITY) special.negatives += weight;
    else addHuge(special, value * SCALE * weight);
    if (special.nans === 0 && special.positives === 0 && special.negatives === 0 && special.high === 0)
      this.#specials.delete(group);
  }

  #mergeSpecial(into: Specials, from: Specials): void {
    into.nans += from.nans;
    into.positives += from.positives;
    into.negatives += from.negatives;
    addHuge(into, from.high);
    addHuge(into, from.low);
  }

  #specialOf(group: number): Specials {
    const known = this.#specials.get(group);
    if (known !== undefined) return known;
    const fresh = { nans: 0, positives: 0, negatives: 0, high: 0, low: 0 };
    this.#specials.set(group, fresh);
    return fresh;
  }
}

function floatColumn(values: Float64Array): Float64Column {
  return { layout: "float64", type: FLOAT64, length: values.length, nullCount: 0, validity: null, values };
}

function addHuge(special: Specials, value: number): void {
  const sum = special.high + value;
  const added = sum - special.high;
  special.low += special.high - (sum - added) + (value - added);
  special.high = sum;
  if (sum !== 0) return;
  // What is left of a sum that cancels is in its low part: only where both are 0 is nothing left.
  special.high = special.low;
  special.low = 0;
}

/** value * weight - product, exactly. */
function productError(value: number, weight: number, product: number): number {
  const scaled = SPLITTER * value;
  const upper = scaled - (scaled - value);
  return upper * weight - product + (value - upper) * weight;
}
