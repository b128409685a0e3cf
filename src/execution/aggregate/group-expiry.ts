import type { Column } from "../../columnar/column.js";
import type { Lifetime } from "../../plan/analysed-node.js";
import { END_OF_TIME, NO_BOUND, type Watermarks } from "../../plan/bound-expression.js";
import { Int32List } from "../../state/int32-list.js";
import type { KeyField } from "../../state/key-layout.js";
import { TimeBuckets } from "../../state/time-buckets.js";
import type { Expiry } from "../expiring-operator.js";
import { KnownBounds } from "../known-bounds.js";
import { boundedColumn, type PathSteps, pathSteps } from "./bound-paths.js";

const WINDOW_START = 0;
const WINDOW_END = 1;

interface Limit {
  readonly steps: PathSteps;
  /** A group waits under this much less than its bounded value. */
  readonly shift: bigint;
  readonly buckets: TimeBuckets;
}

/**
 * Which groups end when bounds move: those with a bounded key below its bound. A window of fixed size that ends by its
 * end waits under its start, so that nobody has to make the ends of windows to find out when they are over.
 */
export class GroupExpiry {
  readonly #limits: readonly Limit[];
  readonly #bounds: KnownBounds;

  /** `keys`: what is known of the key columns that the paths lead into. */
  constructor(evictBy: Lifetime["evictBy"], keys: readonly KeyField[] = []) {
    this.#bounds = new KnownBounds(evictBy.map(({ bound }) => bound));
    this.#limits = evictBy.map(({ path }) => {
      const { column, member } = pathSteps(path);
      const size = member === WINDOW_END ? (keys[column]?.windowSize ?? null) : null;
      const steps = { column, member: size === null ? member : WINDOW_START };
      return { steps, shift: size ?? 0n, buckets: new TimeBuckets() };
    });
  }

  get bytes(): number {
    return this.#limits.reduce((sum, { buckets }) => sum + buckets.bytes, 0);
  }

  grow(capacity: number): void {
    for (const { buckets } of this.#limits) buckets.grow(capacity);
  }

  /** New groups; the key of the i-th is row rows[i] of these columns. */
  add(
    fresh: { readonly groups: Int32Array; readonly rows: Int32Array; readonly count: number },
    keys: readonly Column[],
  ): void {
    for (const { steps, buckets } of this.#limits) {
      const { words, isWide, validities } = boundedColumn(keys, steps);
      if (words === null) continue;
      for (let i = 0; i < fresh.count; i++) {
        const row = fresh.rows[i];
        if (isNullIn(validities, row)) continue;
        if (isWide) buckets.add(fresh.groups[i], words[2 * row], words[2 * row + 1]);
        else buckets.add(fresh.groups[i], words[row], words[row] >> 31);
      }
    }
  }

  remove(group: number): void {
    for (const { buckets } of this.#limits) buckets.remove(group);
  }

  /** Takes out the groups that have ended, ordered by (bounded value, group), one bounded column after the other. */
  take(watermarks: Watermarks): Int32List {
    const ended = new Int32List();
    const bounds = this.#bounds.under(watermarks);
    for (const [limit, { shift, buckets }] of this.#limits.entries()) {
      const value = bounds[limit];
      if (value <= NO_BOUND) continue;
      const taken = buckets.takeBelow(value >= END_OF_TIME ? value : value - shift);
      for (let i = 0; i < taken.length; i++) {
        this.remove(taken.items[i]);
        ended.push(taken.items[i]);
      }
    }
    return ended;
  }

  /** What ends next, by the first bounded column that a group waits under. */
  next(): Expiry | null {
    for (const [limit, { shift, buckets }] of this.#limits.entries()) {
      const value = buckets.least();
      if (value !== null) return { limit, value: value + shift };
    }
    return null;
  }

  /** Some bounded column will get no more rows: groups that have no value there end as well. */
  isOver(watermarks: Watermarks): boolean {
    return this.#bounds.under(watermarks).some((bound) => bound >= END_OF_TIME);
  }
}

function isNullIn(validities: readonly Uint8Array[], row: number): boolean {
  for (const validity of validities) if (validity[row] === 0) return true;
  return false;
}
