import { OptionError } from "../../common/millrace-error.js";

/** An option that says something by topic: an object, or the same as JSON text. @throws OptionError OPTION_INVALID */
export function partitionMap(
  given: unknown,
  option: { readonly option: string; readonly where: string; readonly shape: string },
): readonly [topic: string, entry: unknown][] {
  const value = typeof given === "string" ? parsed(given) : given;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    if (entries.length > 0) return entries;
  }
  throw new OptionError("OPTION_INVALID", `Option '${option.option}' of ${option.where} must be ${option.shape}.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
