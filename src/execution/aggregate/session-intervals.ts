import type { Column } from "../../columnar/column.js";
import { halvesOf } from "../../state/number-words.js";

const TWO_32 = 4294967296;
const LARGEST_INT64 = 2n ** 63n - 1n;

/** Rows that open or extend sessions: entry i is physical row rows[i], alive from its time to time + gap. */
export interface SessionIntervals {
  readonly count: number;
  readonly rows: Int32Array;
  /** Ordinals of the entries among the given rows. */
  readonly entries: Int32Array;
  /** Microseconds. Exact, unless `isExact` is false. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly isExact: boolean;
}

/** A row whose time or gap is NULL, or whose gap is not positive, is in no session. */
export function sessionIntervals(
  time: Column,
  gap: Column,
  selection: { rows: Int32Array; count: number },
): SessionIntervals {
  const { rows, count } = selection;
  const kept = {
    rows: new Int32Array(count),
    entries: new Int32Array(count),
    starts: new Float64Array(count),
    ends: new Float64Array(count),
  };
  if (time.layout !== "int64" || gap.layout !== "int64") return { ...kept, count: 0, isExact: true };
  const times = halvesOf(time);
  const gaps = halvesOf(gap);
  let length = 0;
  let isExact = true;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (isNull(time, row) || isNull(gap, row)) continue;
    const width = gaps[2 * row + 1] * TWO_32 + (gaps[2 * row] >>> 0);
    if (width <= 0) continue;
    const start = times[2 * row + 1] * TWO_32 + (times[2 * row] >>> 0);
    if (start < Number.MIN_SAFE_INTEGER || start + width > Number.MAX_SAFE_INTEGER) isExact = false;
    kept.rows[length] = row;
    kept.entries[length] = i;
    kept.starts[length] = start;
    kept.ends[length++] = start + width;
  }
  return { ...kept, count: length, isExact };
}

function isNull(column: Column, row: number): boolean {
  return column.validity !== null && column.validity[row] === 0;
}

/** Intervals of one key each, in which rows of a chunk are folded before the state is looked at. */
export interface MiniSessions {
  readonly count: number;
  readonly keys: Int32Array;
  readonly starts: BigInt64Array;
  readonly ends: BigInt64Array;
  /** The mini session of each entry. */
  readonly ofEntry: Int32Array;
}

/**
 * Folds a row into the newest mini session of its key if the two touch. Rows arrive roughly in order of time, so few
 * are left; what should have been one is joined when it meets the state.
 */
export class MiniSessionFolder {
  /** By key: its newest mini session, if the stamp is that of the chunk. */
  #newest = new Int32Array(0);
  #stamps = new Int32Array(0);
  #chunk = 0;

  /** @param source the columns that the intervals were read from; keys are below `keyCapacity`. */
  fold(
    intervals: SessionIntervals,
    keys: Int32Array,
    source: { time: Column; gap: Column; keyCapacity: number },
  ): MiniSessions {
    if (!intervals.isExact) return exactMiniSessions(intervals, keys, source);
    this.#startChunk(source.keyCapacity);
    const { count } = intervals;
    const minis = {
      keys: new Int32Array(count),
      starts: new Float64Array(count),
      ends: new Float64Array(count),
      ofEntry: new Int32Array(count),
    };
    let length = 0;
    for (let i = 0; i < count; i++) {
      const key = keys[i];
      const start = intervals.starts[i];
      const end = intervals.ends[i];
      const known = this.#newest[key];
      if (this.#stamps[key] === this.#chunk && start <= minis.ends[known] && end >= minis.starts[known]) {
        if (start < minis.starts[known]) minis.starts[known] = start;
        if (end > minis.ends[known]) minis.ends[known] = end;
        minis.ofEntry[i] = known;
        continue;
      }
      this.#stamps[key] = this.#chunk;
      this.#newest[key] = length;
      minis.keys[length] = key;
      minis.starts[length] = start;
      minis.ends[length] = end;
      minis.ofEntry[i] = length++;
    }
    return {
      count: length,
      keys: minis.keys,
      ofEntry: minis.ofEntry,
      starts: integers(minis.starts, length),
      ends: integers(minis.ends, length),
    };
  }

  #startChunk(keyCapacity: number): void {
    if (this.#newest.length < keyCapacity) {
      this.#newest = new Int32Array(keyCapacity);
      this.#stamps = new Int32Array(keyCapacity);
      this.#chunk = 0;
    }
    this.#chunk++;
  }
}

function integers(values: Float64Array, count: number): BigInt64Array {
  const whole = new BigInt64Array(count);
  for (let i = 0; i < count; i++) whole[i] = BigInt(values[i]);
  return whole;
}

/** Times beyond 2^53: every row is a mini session of its own, with exact ends (at most the greatest int64). */
function exactMiniSessions(
  intervals: SessionIntervals,
  keys: Int32Array,
  columns: { time: Column; gap: Column },
): MiniSessions {
  const { count, rows } = intervals;
  const { time, gap } = columns;
  const starts = new BigInt64Array(count);
  const ends = new BigInt64Array(count);
  const ofEntry = new Int32Array(count);
  if (time.layout !== "int64" || gap.layout !== "int64") throw new Error("Broken invariant: session times are int64");
  for (let i = 0; i < count; i++) {
    starts[i] = time.values[rows[i]];
    const end = starts[i] + gap.values[rows[i]];
    ends[i] = end > LARGEST_INT64 ? LARGEST_INT64 : end;
    ofEntry[i] = i;
  }
  return { count, keys, starts, ends, ofEntry };
}
