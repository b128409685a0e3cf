import { checkOptions, type Options } from "../../common/check-options.js";
import { AnalysisError } from "../../common/millrace-error.js";
import { fixedMicros, parseInterval } from "../../types/interval.js";
import { calendarWindow } from "../calendar-window.js";
import { type ColumnOrName, type NameTerm, nameExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Op } from "../column-term.js";
import type { TimeWindowCall } from "../expression.js";

/** Where windows begin, and whose calendar they follow. */
export interface WindowOptions {
  /** How far after midnight of 1970-01-01 UTC windows begin: "15 minutes" makes hourly windows run from quarter past. */
  readonly startTime?: string;
  /** Days, weeks and months of this zone ("Europe/Berlin") instead of a fixed length. */
  readonly zone?: string;
}

type Windowed<C> = Column<Op<"window", readonly [NameTerm<C>]>>;
type Rest = readonly [slide?: string | WindowOptions, options?: WindowOptions];

/**
 * The windows of `size` that hold `time`, as a struct of start and end (half-open): a group key or a projected column.
 * With `slide`, a window of that size begins every `slide`, and a row is in several.
 *
 * "1 day", "1 week" (from Monday) and "1 month" with a `zone` are calendar windows: cut at local midnight, so a day may
 * have 23 or 25 hours. Without a zone a day has 24 hours and begins at midnight UTC, a week is seven days from a
 * Thursday (1970-01-01) as in Spark, and months and years are calendar windows in UTC.
 *
 * `time` may be the column of another window: its last instant (windowTime) counts.
 *
 * `window("at", "10 minutes")`, `window("at", "1 hour", "15 minutes")`, `window("at", "1 day", { zone: "Europe/Berlin" })`
 */
export function window<C extends ColumnOrName>(time: C, size: string, ...rest: Rest): Windowed<C> {
  const slide = typeof rest[0] === "string" ? rest[0] : size;
  const options = typeof rest[0] === "object" ? rest[0] : (rest[1] ?? {});
  checkOptions(options as Options, ["startTime", "zone"], "window");
  const call = { size, slide, options };
  return new Column({ kind: "window", time: nameExpression(time), ...(calendarShape(call) ?? fixedShape(call)) });
}

interface WindowText {
  readonly size: string;
  readonly slide: string;
  readonly options: WindowOptions;
}
type Shape = Pick<TimeWindowCall, "size" | "slide" | "offset" | "calendar">;

function calendarShape({ size, slide, options }: WindowText): Shape | null {
  const calendar = calendarWindow(size, options.zone ?? null);
  if (calendar === null) return null;
  if (slide !== size || options.startTime !== undefined) {
    throw new AnalysisError("WINDOW_CALENDAR", `A calendar window ("${size}") has neither a slide nor a start time.`, {
      hint: 'Give a fixed size such as "24 hours", or leave them out.',
    });
  }
  return { size: 0n, slide: 0n, offset: 0n, calendar };
}

function fixedShape({ size, slide, options }: WindowText): Shape {
  if (options.zone !== undefined) {
    throw new AnalysisError("WINDOW_CALENDAR", `A window of "${size}" does not depend on a zone.`, {
      hint: "Leave the zone out, or use a size of days, weeks or months.",
    });
  }
  const shape = {
    size: fixedMicros(parseInterval(size), "the size of a window"),
    slide: fixedMicros(parseInterval(slide), "the slide of a window"),
    offset:
      options.startTime === undefined
        ? 0n
        : fixedMicros(parseInterval(options.startTime), "the start time of a window"),
    calendar: null,
  };
  requireShape(shape);
  return shape;
}

function requireShape({ size, slide, offset }: Shape): void {
  if (size <= 0n || slide <= 0n)
    throw new AnalysisError("WINDOW_SIZE", "The size and the slide of a window must be positive.");
  if (slide > size) {
    throw new AnalysisError(
      "WINDOW_SLIDE",
      "The slide of a window must not be longer than its size: rows between windows would be lost.",
      {
        hint: "Filter rows first if that is what you want.",
      },
    );
  }
  if (offset <= -slide || offset >= slide) {
    throw new AnalysisError("WINDOW_START_TIME", "The start time of a window must be shorter than its slide.");
  }
}
