import { DamagedLog } from "./damaged-log.js";
import type { Json } from "./records.js";

/**
 * Reads an object of a log file field by field. Only own properties count: a field named `__proto__` or `constructor` is data
 * like any other. Throws DamagedLog where a field is absent or of another type.
 */
export class FieldReader {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new DamagedLog(`${where} is no object`);
    }
    this.#object = value as Readonly<Record<string, unknown>>;
    this.#where = where;
  }

  /** An integer of at least 0 that a number holds exactly. */
  count(name: string): number {
    const value = this.integer(name);
    return value >= 0 ? value : this.#refuse(name, "an integer of at least 0");
  }

  integer(name: string): number {
    const value = this.#value(name);
    return Number.isSafeInteger(value) ? (value as number) : this.#refuse(name, "an integer");
  }

  text(name: string): string {
    const value = this.#value(name);
    return typeof value === "string" ? value : this.#refuse(name, "text");
  }

  flag(name: string): boolean {
    const value = this.#value(name);
    return typeof value === "boolean" ? value : this.#refuse(name, "true or false");
  }

  /** Whatever was written: the engine's own, opaque here. */
  json(name: string): Json {
    return this.#value(name) as Json;
  }

  list<T>(name: string, read: (item: unknown, where: string) => T): readonly T[] {
    const value = this.#value(name);
    if (!Array.isArray(value)) return this.#refuse(name, "a list");
    return value.map((item: unknown, i) => read(item, `${this.#where}.${name}[${i}]`));
  }

  nullable<T>(name: string, read: (value: unknown, where: string) => T): T | null {
    const value = this.#value(name);
    return value === null ? null : read(value, `${this.#where}.${name}`);
  }

  #value(name: string): unknown {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined;
    return value === undefined ? this.#refuse(name, "there") : value;
  }

  #refuse(name: string, wanted: string): never {
    throw new DamagedLog(`${this.#where}.${name} is not ${wanted}`);
  }
}

export function textItem(value: unknown, where: string): string {
  if (typeof value === "string") return value;
  throw new DamagedLog(`${where} is not text`);
}

export function flagItem(value: unknown, where: string): boolean {
  if (typeof value === "boolean") return value;
  throw new DamagedLog(`${where} is not true or false`);
}
