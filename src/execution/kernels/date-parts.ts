import { civilFromDays, weekdayOfDays } from "../../types/civil.js";
import { type ZoneRules, zoneRules } from "../../types/time-zone.js";
import { constantText } from "./constant-argument.js";
import { dayOf, dayOfWide } from "./instant-parts.js";
import type { Kernel, KernelCall } from "./kernel.js";
import { mapKernel, type UnaryMap } from "./unary-map.js";

// Parts of the calendar: of a date, or of the day that a timestamp falls on in UTC (or in the zone of a second argument).

const civil = new Int32Array(3);

export const year = datePart((days) => {
  civilFromDays(days, civil);
  return civil[0];
});

export const quarter = datePart((days) => {
  civilFromDays(days, civil);
  return Math.floor((civil[1] + 2) / 3);
});

export const month = datePart((days) => {
  civilFromDays(days, civil);
  return civil[1];
});

export const dayOfMonth = datePart((days) => {
  civilFromDays(days, civil);
  return civil[2];
});

/** 1 = Sunday ... 7 = Saturday, as in Spark. */
export const dayOfWeek = datePart((days) => (weekdayOfDays(days) % 7) + 1);

function datePart(partOf: (days: number) => number): Kernel {
  return mapKernel(0, (call) => {
    const part = rememberingLast(partOf);
    if (call.types[0].kind === "date") return { narrow: part, wide: (days) => part(Number(days)) };
    return localMap(call, { narrow: (micros) => part(dayOf(micros)), wide: (micros) => part(dayOfWide(micros)) });
  });
}

/** Rows in order of time mostly have the day of the row before. */
function rememberingLast(part: (days: number) => number): (days: number) => number {
  let lastDays = 0;
  let last = part(0);
  return (days) => {
    if (days !== lastDays) {
      last = part(days);
      lastDays = days;
    }
    return last;
  };
}

/** The map over the wall clock of the zone that the call names, if it names one. */
export function localMap({ constants }: KernelCall, map: UnaryMap): UnaryMap {
  if (constants.length < 2) return map;
  return overLocalTime(zoneRules(constantText(constants[1])), map);
}

export function overLocalTime(rules: ZoneRules, { narrow, wide }: UnaryMap): UnaryMap {
  return {
    narrow: (micros) => narrow(micros + rules.offsetMicros(micros)),
    wide: (micros) => wide(micros + BigInt(rules.offsetMicros(Number(micros)))),
  };
}
