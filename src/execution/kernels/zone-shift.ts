import { nullColumn } from "../../columnar/null-column.js";
import { type ZoneRules, zoneRules } from "../../types/time-zone.js";
import { argumentValidity } from "./argument-validity.js";
import { constantText } from "./constant-argument.js";
import { MICROS_PER_SECOND, wholeSeconds } from "./instant-values.js";
import { mapInstants } from "./map-instants.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

/** fromUtcTimestamp(time, zone): the wall clock of the zone, as if it were UTC. */
export const fromUtcTimestampKernel: VectorKernel = (call) =>
  shift(call, (rules) => (micros) => micros + rules.offsetMicros(micros));

/** toUtcTimestamp(time, zone): the instant at which the clock of the zone shows this; a skipped time moves forward, of two the earlier. */
export const toUtcTimestampKernel: VectorKernel = (call) =>
  shift(call, (rules) => (micros) => rules.localToUtc(micros));

function shift(call: VectorCall, by: (rules: ZoneRules) => (micros: number) => number): ReturnType<VectorKernel> {
  const { args, expression, length } = call;
  if (argumentValidity(args, length) === null) return nullColumn(expression.type, length);
  const near = by(zoneRules(constantText(expression, 1)));
  // Offsets change at whole seconds, which are exact doubles even where microseconds are not.
  const far = (micros: bigint): bigint => {
    const second = wholeSeconds(micros) * MICROS_PER_SECOND;
    return micros + BigInt(near(second) - second);
  };
  return mapInstants(call, 0, { near, far });
}
