import type { Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";

/** The option as a whole number above 0, given as number or text; null when it is not given. */
export function positiveLimit(options: Options, name: string): number | null {
  const given = options[name];
  if (given === undefined || given === null) return null;
  const value = typeof given === "string" ? Number(given) : given;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw new OptionError("OPTION_VALUE", `${name} is ${String(given)}.`, { hint: "Give a whole number above 0." });
}
