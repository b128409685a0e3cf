import type { FunctionName } from "../../expressions/function-name.js";
import { abs } from "./abs.js";
import { addInterval } from "./add-interval.js";
import { fromArrowIpc, toArrowIpc } from "./arrow-ipc.js";
import { lower, upper } from "./change-case.js";
import { hour, minute, second } from "./clock-parts.js";
import { coalesce } from "./coalesce.js";
import { eq, eqNullSafe, ge, gt, le, lt, ne } from "./comparison.js";
import { concat } from "./concat-text.js";
import { dayOfMonth, dayOfWeek, month, quarter, year } from "./date-parts.js";
import { dateTrunc } from "./date-trunc.js";
import { dividedBy } from "./divided-by.js";
import { elementAt } from "./element-at.js";
import { greatest, least } from "./extremes.js";
import { isin } from "./isin.js";
import { fromJson, toJson } from "./json.js";
import type { Kernel } from "./kernel.js";
import { size } from "./list-size.js";
import { and, not, or } from "./logic.js";
import { struct } from "./make-struct.js";
import { minus } from "./minus.js";
import { mod } from "./mod.js";
import { negate } from "./negate.js";
import { now } from "./now.js";
import { isNotANumber, isNotNull, isNull } from "./null-tests.js";
import { plus } from "./plus.js";
import { round } from "./round.js";
import { split } from "./split-text.js";
import { substring } from "./substring.js";
import { length } from "./text-length.js";
import { contains, endsWith, startsWith } from "./text-search.js";
import { times } from "./times.js";
import { toDate } from "./to-date.js";
import { toTimestamp } from "./to-timestamp.js";
import { trim } from "./trim.js";
import { fromUtcTimestamp, toUtcTimestamp } from "./utc-shift.js";
import { ceil, floor } from "./whole-numbers.js";
import { windowTime } from "./window-time.js";

/** How every function is computed; a missing one does not compile. */
export const KERNELS: Readonly<Record<FunctionName, Kernel>> = Object.freeze({
  ...{ plus, minus, times, dividedBy, mod, negate },
  ...{ eq, ne, lt, le, gt, ge, eqNullSafe },
  ...{ and, or, not },
  ...{ isNull, isNotNull, isNaN: isNotANumber, coalesce, isin, greatest, least },
  ...{ abs, floor, ceil, round },
  ...{ upper, lower, length, trim, substring, concat, split, startsWith, endsWith, contains },
  ...{ toTimestamp, toDate, dateTrunc, year, quarter, month, dayOfMonth, dayOfWeek, hour, minute, second },
  ...{ addInterval, fromUtcTimestamp, toUtcTimestamp, windowTime, now },
  ...{ size, elementAt, struct },
  ...{ fromJson, toJson },
  ...{ fromArrowIpc, toArrowIpc },
});
