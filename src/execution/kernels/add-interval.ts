import { civilFromDays, daysFromCivil, daysInMonth } from "../../types/civil.js";
import { type Interval, parseInterval } from "../../types/interval.js";
import { constantText } from "./constant-argument.js";
import { checkedInt64, fuseStrict } from "./fuse-strict.js";
import { dayOf, dayOfWide, MICROS_PER_DAY, microsOfDay, microsOfDayWide } from "./instant-parts.js";
import { type Kernel, type KernelCall, strictKernel } from "./kernel.js";
import { fuseMap, mapColumns, type UnaryMap } from "./unary-map.js";

const BIG_DAY = BigInt(MICROS_PER_DAY);
const civil = new Int32Array(3);

/** Months first (the day of the month cut to the month's last), then days of 24 hours, then microseconds: in UTC, as Spark does in its zone. */
export const addInterval: Kernel = strictKernel(mapColumns(0, mapOf), (call) => {
  const interval = intervalOf(call);
  if (interval.months !== 0) return fuseMap(0, mapOf)(call);
  const shift = fixedShift(interval);
  const add = fuseStrict((code) => checkedInt64(code, `${code.args[0].code()} + ${code.writer.constant(shift)}`));
  return (writer, [time]) => add(writer, [time]);
});

function intervalOf({ constants }: KernelCall): Interval {
  return parseInterval(constantText(constants[1]));
}

function fixedShift({ days, micros }: Interval): bigint {
  return BigInt(days) * BIG_DAY + micros;
}

function mapOf(call: KernelCall): UnaryMap {
  const interval = intervalOf(call);
  const { months } = interval;
  const shift = fixedShift(interval);
  const near = Number(shift);
  if (months === 0) return { narrow: (micros) => micros + near, wide: (micros) => micros + shift };
  return {
    narrow: (micros) => addMonths(dayOf(micros), months) * MICROS_PER_DAY + microsOfDay(micros) + near,
    wide: (micros) => BigInt(addMonths(dayOfWide(micros), months)) * BIG_DAY + BigInt(microsOfDayWide(micros)) + shift,
  };
}

/** The same day of another month, or that month's last. */
function addMonths(days: number, months: number): number {
  civilFromDays(days, civil);
  const [, , day] = civil;
  const total = civil[0] * 12 + civil[1] - 1 + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  return daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
}
