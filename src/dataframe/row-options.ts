import { checkOptions, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import type { RowOptions } from "./row-of.js";

const CHOICES = { int64: ["number", "bigint"], timestamp: ["date", "micros", "iso"] } as const;

/** How rows are to look, with the defaults. @throws OptionError OPTION_UNKNOWN, OPTION_VALUE */
export function rowOptions(given: RowOptions | undefined, where: string): Required<RowOptions> {
  const options = given ?? {};
  checkOptions(options as Options, Object.keys(CHOICES), where);
  const { int64 = "number", timestamp = "date" } = options;
  requireChoice("int64", int64, where);
  requireChoice("timestamp", timestamp, where);
  return { int64, timestamp };
}

function requireChoice(name: keyof typeof CHOICES, value: string, where: string): void {
  const choices: readonly string[] = CHOICES[name];
  if (choices.includes(value)) return;
  throw new OptionError("OPTION_VALUE", `${where}: ${name} is "${String(value)}".`, {
    hint: `Use ${choices.join(" or ")}.`,
  });
}
