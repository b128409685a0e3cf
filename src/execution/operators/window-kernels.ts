import { int32Halves } from "../../columnar/buffers.js";
import type { CalendarWindows } from "../../types/calendar-windows.js";
import type { Selection } from "./event-times.js";

const TWO_32 = 0x1_0000_0000;
/** High halves in [-this, this): |time| <= 2^52, where a double holds every microsecond and Math.floor(time / size) is exact. */
const NARROW_HIGH = 0x10_0000;
/** Sizes and offsets up to here keep sums of them with narrow times below 2^53. */
const NARROW_SIZE = 2n ** 51n;

/** A window of fixed size: microseconds as doubles, which hold them exactly. */
export interface NarrowShape {
  readonly size: number;
  readonly slide: number;
  readonly offset: number;
}

/** The shape in doubles, or null when its numbers are too large for them. */
export function narrowShape(shape: {
  readonly size: bigint;
  readonly slide: bigint;
  readonly offset: bigint;
}): NarrowShape | null {
  const { size, slide, offset } = shape;
  if (size > NARROW_SIZE || offset > NARROW_SIZE || offset < -NARROW_SIZE) return null;
  return { size: Number(size), slide: Number(slide), offset: Number(offset) };
}

/** Every time of the column, those of NULL rows included, lies in the range where doubles are exact. */
export function areNarrow(times: BigInt64Array, length: number): boolean {
  const halves = int32Halves(times);
  let all = 0;
  // high ^ (high >> 31) is high, or its complement when it is negative.
  for (let at = 1; at < 2 * length; at += 2) all |= halves[at] ^ (halves[at] >> 31);
  return all < NARROW_HIGH;
}

/** A time of which every microsecond is a double, with room for a window around it. */
const NARROW_TIME = 2 ** 52;
const LEAST_NARROW_TIME = -(2 ** 52);

/**
 * The start of the one window of every selected row: floor((time - offset) / size) * size + offset, also before 1970.
 * Exact: a quotient of integers below 2^53 is never rounded up to the next integer. Rows come roughly in order of time,
 * so most of them fall into the window of the row before. Times may be in a coarser unit, of `factor` microseconds, that
 * the windows are whole numbers of; starts are in microseconds. Returns the least start, or null when doubles do not hold
 * some time: then `starts` means nothing.
 */
export function tumbleNarrow(
  times: BigInt64Array,
  { sel, count }: Selection,
  task: { shape: NarrowShape; factor: number; starts: BigInt64Array },
): number | null {
  const { factor } = task;
  const size = task.shape.size / factor;
  const offset = task.shape.offset / factor;
  const halves = int32Halves(times);
  const starts = int32Halves(task.starts);
  let least = Number.POSITIVE_INFINITY;
  let start = 0;
  let end = 0;
  let startHigh = 0;
  let startLow = 0;
  for (let i = 0; i < count; i++) {
    const at = 2 * (sel === null ? i : sel[i]);
    const time = halves[at + 1] * TWO_32 + (halves[at] >>> 0);
    if (time < start || time >= end) {
      // Within the window of a narrow time every time is exact: only the first of a window needs the proof.
      if (time <= LEAST_NARROW_TIME || time >= NARROW_TIME) return null;
      start = Math.floor((time - offset) / size) * size + offset;
      end = start + size;
      const micros = start * factor;
      startHigh = Math.floor(micros / TWO_32) | 0;
      startLow = (micros - startHigh * TWO_32) | 0;
      if (micros < least) least = micros;
    }
    starts[at] = startLow;
    starts[at + 1] = startHigh;
  }
  return least;
}

/** As tumbleNarrow, for times that doubles do not hold. */
export function tumbleWide(
  times: BigInt64Array,
  { sel, count }: Selection,
  task: { shape: { size: bigint; offset: bigint }; starts: BigInt64Array },
): void {
  const { size, offset } = task.shape;
  const { starts } = task;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    starts[row] = lastStart(times[row], size, offset);
  }
}

/** Where calendar windows are written: 64-bit starts and ends by row. */
export interface WindowArrays {
  readonly starts: BigInt64Array;
  readonly ends: BigInt64Array;
}

export function tumbleCalendar(
  times: BigInt64Array,
  { sel, count }: Selection,
  task: { windows: CalendarWindows; out: WindowArrays },
): void {
  const { windows } = task;
  const { starts, ends } = task.out;
  for (let i = 0; i < count; i++) {
    const row = sel === null ? i : sel[i];
    const time = Number(times[row]);
    starts[row] = BigInt(windows.start(time));
    ends[row] = BigInt(windows.end(time));
  }
}

/** The greatest start <= time of windows that begin every `slide`. */
export function lastStart(time: bigint, slide: bigint, offset: bigint): bigint {
  const distance = time - offset;
  const rest = distance % slide;
  return time - (rest < 0n ? rest + slide : rest);
}

/** lastStart of a time that is given as the halves of its 64 bits, in doubles. */
export function lastStartNarrow(high: number, low: number, { slide, offset }: NarrowShape): number {
  return Math.floor((high * TWO_32 + (low >>> 0) - offset) / slide) * slide + offset;
}

/** Writes an integer below 2^53 into entry `index` of a 64-bit array seen as halves. */
export function writeHalves(halves: Int32Array, index: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  halves[2 * index] = value - high * TWO_32;
  halves[2 * index + 1] = high;
}
