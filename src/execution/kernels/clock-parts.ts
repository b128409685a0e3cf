import { localMap } from "./date-parts.js";
import { MICROS_PER_SECOND, microsOfDay, microsOfDayWide } from "./instant-parts.js";
import type { Kernel } from "./kernel.js";
import { mapKernel } from "./unary-map.js";

// Parts of the clock in UTC (or in the zone of a second argument), also before 1970.

export const hour = clockPart((seconds) => Math.floor(seconds / 3600));
export const minute = clockPart((seconds) => Math.floor(seconds / 60) % 60);
export const second = clockPart((seconds) => seconds % 60);

/** `part` takes whole seconds of the day. */
function clockPart(part: (seconds: number) => number): Kernel {
  return mapKernel(0, (call) =>
    localMap(call, {
      narrow: (micros) => part(Math.floor(microsOfDay(micros) / MICROS_PER_SECOND)),
      wide: (micros) => part(Math.floor(microsOfDayWide(micros) / MICROS_PER_SECOND)),
    }),
  );
}
