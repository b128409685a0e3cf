import { OptionError } from "../common/millrace-error.js";
import type { Trigger } from "../plan/engine.js";
import { fixedMicros, parseInterval } from "../types/interval.js";

/** When triggers run: `{ processingTime: "5 seconds" }`, `{ availableNow: true }` or `{ once: true }`. */
export type TriggerOptions =
  | { readonly processingTime: string }
  | { readonly availableNow: true }
  | { readonly once: true };

const MICROS_PER_MS = 1000n;
const WAY_OUT = 'Use one of { processingTime: "5 seconds" }, { availableNow: true }, { once: true }.';

/** @throws OptionError TRIGGER for anything else. */
export function triggerOf(options: TriggerOptions): Trigger {
  const [name, ...others] = Object.keys(options);
  if (others.length > 0) throw new OptionError("TRIGGER", "A query has one trigger.", { hint: WAY_OUT });
  if ("processingTime" in options) return processingTime(options.processingTime);
  if ("availableNow" in options && options.availableNow === true) return { kind: "availableNow" };
  if ("once" in options && options.once === true) return { kind: "once" };
  throw new OptionError("TRIGGER", `There is no trigger "${name ?? ""}".`, { hint: WAY_OUT });
}

function processingTime(text: string): Trigger {
  const micros = fixedMicros(parseInterval(text), "the processing time of a trigger");
  if (micros < 0n) throw new OptionError("TRIGGER", "A processing time is not negative.", { hint: WAY_OUT });
  return micros === 0n
    ? { kind: "asSoonAsPossible" }
    : { kind: "processingTime", intervalMs: Number(micros / MICROS_PER_MS) };
}
