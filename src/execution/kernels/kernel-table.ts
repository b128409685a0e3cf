import type { FunctionName } from "../../expressions/function-name.js";
import { abs } from "./abs.js";
import { addInterval } from "./add-interval.js";
import { hour, minute, second } from "./clock-parts.js";
import { coalesce } from "./coalesce.js";
import { eq, eqNullSafe, ge, gt, le, lt, ne } from "./comparison.js";
import { dayOfMonth, dayOfWeek, month, quarter, year } from "./date-parts.js";
import { dateTrunc } from "./date-trunc.js";
import { dividedBy } from "./divided-by.js";
import { greatest, least } from "./extremes.js";
import { isin } from "./isin.js";
import type { Kernel } from "./kernel.js";
import { and, not, or } from "./logic.js";
import { minus } from "./minus.js";
import { mod } from "./mod.js";
import { negate } from "./negate.js";
import { now } from "./now.js";
import { isNaN, isNotNull, isNull } from "./null-tests.js";
import { plus } from "./plus.js";
import { ceil, floor, round } from "./rounding.js";
import { times } from "./times.js";
import { fromUtcTimestamp, toUtcTimestamp } from "./utc-shift.js";
import { vectorKernels } from "./vector-kernel-table.js";
import { windowTime } from "./window-time.js";

/** How every function is computed; a missing one does not compile. */
export const KERNELS: Readonly<Record<FunctionName, Kernel>> = Object.freeze({
  ...vectorKernels,
  abs, addInterval, and, ceil, coalesce, dateTrunc, dayOfMonth, dayOfWeek, dividedBy, eq, eqNullSafe, floor, fromUtcTimestamp,
  ge, greatest, gt, hour, isNaN, isNotNull, isNull, isin, le, least, lt, minus, minute, mod, month, ne, negate, not, now, or,
  plus, quarter, round, second, times, toUtcTimestamp, windowTime, year,
});
