import type { Options } from "../common/check-options.js";
import type { ReadLimits, SourceDescription } from "../plan/plan-node.js";
import { positiveLimit } from "./read-limits.js";

/** The options every streaming source knows, taken out of what its own maker checks. */
export function splitStreamOptions(given: Options): { readonly own: Options; readonly limits: ReadLimits | null } {
  const { maxRowsPerTrigger: _rows, maxBytesPerTrigger: _bytes, ...own } = given;
  const limits = {
    maxRowsPerTrigger: positiveLimit(given, "maxRowsPerTrigger"),
    maxBytesPerTrigger: positiveLimit(given, "maxBytesPerTrigger"),
  };
  const isLimited = limits.maxRowsPerTrigger !== null || limits.maxBytesPerTrigger !== null;
  return { own, limits: isLimited ? limits : null };
}

export function limited<D extends Omit<SourceDescription, "id">>(description: D, limits: ReadLimits | null): D {
  return limits === null ? description : { ...description, limits };
}
