import { checkOptions, nearestName, type Options } from "./check-options.js";
import { OptionError } from "./millrace-error.js";

/**
 * Typed access to the options of one source, sink or format. Options come from typed methods (`{ maxFiles: 3 }`) and from
 * `.option("maxFiles", "3")` alike, so every getter takes the value's text form too. Absent options give the fallback.
 */
export class OptionReader {
  readonly #options: Options;
  readonly #where: string;

  /** `known` lists every legal name; anything else is refused here. */
  constructor(options: Options, known: readonly string[], where: string) {
    checkOptions(options, known, where);
    this.#options = options;
    this.#where = where;
  }

  /** An integer >= least. */
  integer<F>(name: string, fallback: F, least = 0): number | F {
    const value = this.#options[name];
    if (value === undefined) return fallback;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= least) return number;
    throw this.#invalid(name, value, `an integer of at least ${least}`);
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#options[name];
    if (value === undefined) return fallback;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    throw this.#invalid(name, value, "true or false");
  }

  text<F>(name: string, fallback: F): string | F {
    const value = this.#options[name];
    if (value === undefined) return fallback;
    if (typeof value === "string") return value;
    throw this.#invalid(name, value, "text");
  }

  /** Text that must be there. */
  requiredText(name: string): string {
    const value = this.text(name, null);
    if (value !== null) return value;
    throw new OptionError("OPTION_MISSING", `${this.#where} needs the option '${name}'.`);
  }

  requiredInteger(name: string, least = 0): number {
    const value = this.integer(name, null, least);
    if (value !== null) return value;
    throw new OptionError("OPTION_MISSING", `${this.#where} needs the option '${name}'.`);
  }

  /** One of `values`, letter case aside. */
  choice<V extends string>(name: string, values: readonly V[], fallback: V): V {
    const value = this.#options[name];
    if (value === undefined) return fallback;
    const found = values.find((candidate) => typeof value === "string" && candidate === value.toLowerCase());
    if (found !== undefined) return found;
    const nearest = typeof value === "string" ? nearestName(value, values) : null;
    throw this.#invalid(name, value, `one of ${values.join(", ")}`, nearest);
  }

  #invalid(...[name, value, wanted, nearest]: [string, unknown, string, (string | null)?]): OptionError {
    const details = nearest ? { hint: `Did you mean '${nearest}'?` } : {};
    return new OptionError(
      "OPTION_INVALID",
      `Option '${name}' of ${this.#where} must be ${wanted}, not ${printed(value)}.`,
      details,
    );
  }
}

function printed(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : String(value);
}
