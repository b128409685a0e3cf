import type { DataType } from "../../types/data-type.js";
import { zoneRules } from "../../types/time-zone.js";
import type { CastCall } from "./cast-call.js";
import { overLocalTime } from "./date-parts.js";
import { floorDivide } from "./floor-divide.js";
import { dayOf, dayOfWide, MICROS_PER_DAY, MICROS_PER_SECOND } from "./instant-parts.js";
import type { UnaryMap } from "./unary-map.js";
import { wideOffset } from "./utc-shift.js";

const BIG_DAY = BigInt(MICROS_PER_DAY);
const BIG_SECOND = BigInt(MICROS_PER_SECOND);

/** Casts between dates, timestamps and integers (seconds since 1970), as Spark has them; null where the cast is another. */
export function timeCast({ from, to }: CastCall): UnaryMap | null {
  if (from.kind === "timestamp" && to.kind === "date") return overZone(from, TO_DATE);
  if (from.kind === "date" && to.kind === "timestamp") return fromLocal(to, FROM_DATE);
  if (from.kind === "timestamp" && to.kind === "int64") return TO_SECONDS;
  if ((from.kind === "int32" || from.kind === "int64") && to.kind === "timestamp") return FROM_SECONDS;
  if (from.kind !== "timestamp" || to.kind !== "timestamp") return null;
  if (from.zone === null) return to.zone === null ? SAME : fromLocal(to, SAME);
  return to.zone === null ? overZone(from, SAME) : SAME;
}

const SAME: UnaryMap = { narrow: (micros) => micros, wide: (micros) => micros };
const TO_DATE: UnaryMap = { narrow: dayOf, wide: dayOfWide };
const FROM_DATE: UnaryMap = { narrow: (days) => days * MICROS_PER_DAY, wide: (days) => days * BIG_DAY };
const TO_SECONDS: UnaryMap = {
  narrow: (micros) => Math.floor(micros / MICROS_PER_SECOND),
  wide: (micros) => floorDivide(micros, BIG_SECOND),
};
const FROM_SECONDS: UnaryMap = { narrow: (value) => value * MICROS_PER_SECOND, wide: (value) => value * BIG_SECOND };

/** Of the wall clock of the type's zone. */
function overZone({ zone }: Extract<DataType, { kind: "timestamp" }>, map: UnaryMap): UnaryMap {
  return zone === null || zone === "UTC" ? map : overLocalTime(zoneRules(zone), map);
}

/** `map` gives wall-clock time of the type's zone; the result is the instant. */
function fromLocal({ zone }: Extract<DataType, { kind: "timestamp" }>, map: UnaryMap): UnaryMap {
  if (zone === null || zone === "UTC") return map;
  const rules = zoneRules(zone);
  return {
    narrow: (value) => rules.localToUtc(map.narrow(value)),
    wide: (value) => {
      const local = BigInt(map.wide(value) ?? 0);
      return local - wideOffset(rules, local);
    },
  };
}
