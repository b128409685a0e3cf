import { type ZoneRules, zoneRules } from "../../types/time-zone.js";
import { constantText } from "./constant-argument.js";
import { MICROS_PER_SECOND } from "./instant-parts.js";
import { mapKernel } from "./unary-map.js";

/** The wall-clock time of a zone, written as if it were UTC. */
export const fromUtcTimestamp = mapKernel(0, ({ constants }) => {
  const rules = zoneRules(constantText(constants[1]));
  return {
    narrow: (micros) => micros + rules.offsetMicros(micros),
    wide: (micros) => micros + BigInt(rules.offsetMicros(Number(micros))),
  };
});

/** The instant at which the wall clock of a zone shows this time: skipped times move forward, repeated ones are the earlier instant. */
export const toUtcTimestamp = mapKernel(0, ({ constants }) => {
  const rules = zoneRules(constantText(constants[1]));
  return {
    narrow: (micros) => rules.localToUtc(micros),
    wide: (micros) => micros - wideOffset(rules, micros),
  };
});

/** Offsets are whole seconds, so what rounding adds far from 1970 is rounded away. */
export function wideOffset(rules: ZoneRules, localMicros: bigint): bigint {
  const local = Number(localMicros);
  const seconds = Math.round((local - rules.localToUtc(local)) / MICROS_PER_SECOND);
  return BigInt(seconds * MICROS_PER_SECOND);
}
