import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { growFloat64 } from "../../state/grow.js";
import { halvesOf } from "../../state/number-words.js";
import { sparseFloatsOf } from "../../state/slot-columns.js";
import type { Field } from "../../types/data-type.js";
import type { Contributions } from "./contributions.js";
import { FLOAT64, INT64 } from "./result-types.js";

const TWO_32 = 4294967296;
/** A limb beyond this hands its upper part on. Below it, one more product of LARGEST_WEIGHT is still exact. */
const LIMB_LIMIT = 2 ** 52;
const LARGEST_WEIGHT = 2 ** 19;

/** A sum is top * 2^64 + sum; `top` is NULL throughout where no sum of a checkpoint needs it. */
export const INTEGER_SUM_FIELDS: readonly Field[] = [
  { name: "sum", type: INT64, nullable: false },
  { name: "top", type: FLOAT64, nullable: true },
];

/**
 * Exact sums of int32 or int64 values, whatever their number and order: value = (top * 2^32 + high) * 2^32 + low with
 * each limb an exact double. Limbs are brought into range only when they grow large.
 */
export class IntegerSums {
  /** low and high of group g at 2g and 2g + 1. */
  #limbs = new Float64Array(0);
  /** Almost never needed: sums beyond 2^84. */
  #top: Float64Array | null = null;

  get bytes(): number {
    return this.#limbs.byteLength + (this.#top?.byteLength ?? 0);
  }

  grow(capacity: number): void {
    if (this.#limbs.length >= capacity * 2) return;
    this.#limbs = growFloat64(this.#limbs, capacity * 2);
    if (this.#top !== null) this.#top = growFloat64(this.#top, capacity);
  }

  add(entries: Contributions, column: Column): void {
    if (column.layout === "int64") {
      const halves = halvesOf(column);
      if (entries.weights === null) this.#addInt64(entries, halves);
      else this.#addWeightedInt64(entries, halves, entries.weights);
    } else if (column.layout === "int32") {
      this.#addInt32(entries, column.values);
    } else {
      throw new Error(`Broken invariant: an integer sum over layout ${column.layout}`);
    }
  }

  clear(group: number): void {
    this.#limbs[2 * group] = 0;
    this.#limbs[2 * group + 1] = 0;
    if (this.#top !== null) this.#top[group] = 0;
  }

  merge(into: number, from: number): void {
    this.#limbs[2 * into] += this.#limbs[2 * from];
    this.#limbs[2 * into + 1] += this.#limbs[2 * from + 1];
    if (this.#top !== null) this.#top[into] += this.#top[from];
    this.#carry(into);
    this.clear(from);
  }

  /** Writes the sum as int64 number `index` of `halves`; false when it does not fit. */
  write(group: number, halves: Int32Array, index: number): boolean {
    const carry = Math.floor(this.#limbs[2 * group] / TWO_32);
    const high = this.#limbs[2 * group + 1] + carry;
    if (high < -2147483648 || high > 2147483647) return this.#writeLarge(group, halves, index);
    if (this.#top !== null && this.#top[group] !== 0) return this.#writeLarge(group, halves, index);
    halves[2 * index] = (this.#limbs[2 * group] - carry * TWO_32) | 0;
    halves[2 * index + 1] = high;
    return true;
  }

  /** The nearest double of the exact sum. */
  toNumber(group: number): number {
    const high = this.#limbs[2 * group + 1];
    const isExact = Math.abs(high) < 2 ** 19 && (this.#top === null || this.#top[group] === 0);
    return isExact ? high * TWO_32 + this.#limbs[2 * group] : Number(this.#exact(group));
  }

  /** By value: how it is spread over the limbs decides nothing. */
  save(groups: Int32Array): readonly Column[] {
    const length = groups.length;
    const values = new BigInt64Array(length);
    const halves = new Int32Array(values.buffer);
    let tops: Float64Array | null = null;
    for (let i = 0; i < length; i++) {
      if (this.write(groups[i], halves, i)) continue;
      const sum = this.#exact(groups[i]);
      values[i] = BigInt.asIntN(64, sum);
      tops ??= new Float64Array(length);
      tops[i] = Number((sum - values[i]) >> 64n);
    }
    const rows = { length, nullCount: 0, validity: null };
    return [
      { layout: "int64", type: INT64, ...rows, values },
      tops === null ? nullColumn(FLOAT64, length) : { layout: "float64", type: FLOAT64, ...rows, values: tops },
    ];
  }

  load(groups: Int32Array, [sums, tops]: readonly Column[]): void {
    if (groups.length === 0) return;
    if (sums.layout !== "int64") throw new Error(`Broken invariant: saved sums of layout ${sums.layout}`);
    const halves = halvesOf(sums);
    const above = sparseFloatsOf(tops);
    if (above !== null) this.#top ??= new Float64Array(this.#limbs.length / 2);
    for (let i = 0; i < groups.length; i++) {
      this.#limbs[2 * groups[i]] = halves[2 * i] >>> 0;
      this.#limbs[2 * groups[i] + 1] = halves[2 * i + 1];
      if (this.#top !== null) this.#top[groups[i]] = above === null ? 0 : above[i];
    }
  }

  #addInt64(entries: Contributions, halves: Int32Array): void {
    const { count, rows, groups } = entries;
    const limbs = this.#limbs;
    for (let i = 0; i < count; i++) {
      const at = groups[i] << 1;
      const half = rows[i] << 1;
      const low = limbs[at] + (halves[half] >>> 0);
      const high = limbs[at + 1] + halves[half + 1];
      limbs[at] = low;
      limbs[at + 1] = high;
      if (low >= LIMB_LIMIT || high >= LIMB_LIMIT || high <= -LIMB_LIMIT) this.#carry(groups[i]);
    }
  }

  #addWeightedInt64(entries: Contributions, halves: Int32Array, weights: Int32Array): void {
    const { count, rows, groups } = entries;
    const limbs = this.#limbs;
    for (let i = 0; i < count; i++) {
      const at = groups[i] << 1;
      const half = rows[i] << 1;
      const weight = weights[i];
      if (weight > LARGEST_WEIGHT || weight < -LARGEST_WEIGHT) {
        this.#addLarge(
          groups[i],
          (BigInt(halves[half + 1]) * BigInt(TWO_32) + BigInt(halves[half] >>> 0)) * BigInt(weight),
        );
        continue;
      }
      const low = limbs[at] + (halves[half] >>> 0) * weight;
      const high = limbs[at + 1] + halves[half + 1] * weight;
      limbs[at] = low;
      limbs[at + 1] = high;
      if (Math.abs(low) >= LIMB_LIMIT || Math.abs(high) >= LIMB_LIMIT) this.#carry(groups[i]);
    }
  }

  #addInt32(entries: Contributions, values: Int32Array): void {
    const { count, rows, groups, weights } = entries;
    const limbs = this.#limbs;
    for (let i = 0; i < count; i++) {
      const at = groups[i] << 1;
      const weight = weights === null ? 1 : weights[i];
      if (weight > LARGEST_WEIGHT || weight < -LARGEST_WEIGHT) {
        this.#addLarge(groups[i], BigInt(values[rows[i]]) * BigInt(weight));
        continue;
      }
      const low = limbs[at] + values[rows[i]] * weight;
      limbs[at] = low;
      if (low >= LIMB_LIMIT || low <= -LIMB_LIMIT) this.#carry(groups[i]);
    }
  }

  #carry(group: number): void {
    const limbs = this.#limbs;
    const fromLow = Math.floor(limbs[2 * group] / TWO_32);
    limbs[2 * group] -= fromLow * TWO_32;
    limbs[2 * group + 1] += fromLow;
    if (Math.abs(limbs[2 * group + 1]) < LIMB_LIMIT) return;
    this.#top ??= new Float64Array(limbs.length / 2);
    const fromHigh = Math.floor(limbs[2 * group + 1] / TWO_32);
    limbs[2 * group + 1] -= fromHigh * TWO_32;
    this.#top[group] += fromHigh;
  }

  #addLarge(group: number, value: bigint): void {
    const sum = this.#exact(group) + value;
    this.#top ??= new Float64Array(this.#limbs.length / 2);
    this.#limbs[2 * group] = Number(BigInt.asUintN(32, sum));
    this.#limbs[2 * group + 1] = Number(BigInt.asUintN(32, sum >> 32n));
    this.#top[group] = Number(sum >> 64n);
  }

  #exact(group: number): bigint {
    const top = BigInt(this.#top === null ? 0 : this.#top[group]);
    return ((top << 32n) + BigInt(this.#limbs[2 * group + 1])) * BigInt(TWO_32) + BigInt(this.#limbs[2 * group]);
  }

  #writeLarge(group: number, halves: Int32Array, index: number): boolean {
    const sum = this.#exact(group);
    if (sum !== BigInt.asIntN(64, sum)) return false;
    halves[2 * index] = Number(BigInt.asIntN(32, sum));
    halves[2 * index + 1] = Number(sum >> 32n);
    return true;
  }
}
