import { keyOf, type Row } from "./oracle/values.js";

interface Counted {
  readonly row: Row;
  readonly weight: number;
}

/** Rows with how often each is there. Prints its rows, so that a difference can be read. */
export class Multiset {
  readonly #rows = new Map<string, Counted>();

  static of(rows: Iterable<Counted>): Multiset {
    return new Multiset().add(rows);
  }

  add(rows: Iterable<Counted>, sign = 1): this {
    for (const { row, weight } of rows) {
      const key = keyOf(row);
      const sum = (this.#rows.get(key)?.weight ?? 0) + sign * weight;
      if (sum === 0) this.#rows.delete(key);
      else this.#rows.set(key, { row, weight: sum });
    }
    return this;
  }

  get size(): number {
    return this.#rows.size;
  }

  weightOf(row: Row): number {
    return this.#rows.get(keyOf(row))?.weight ?? 0;
  }

  rows(): Counted[] {
    return [...this.#rows.values()];
  }

  copy(): Multiset {
    return Multiset.of(this.rows());
  }

  /** One line per row, sorted: equal for equal multisets. */
  lines(): string[] {
    return this.rows()
      .map(({ row, weight }) => `${weight > 0 ? "+" : ""}${weight} ${rowText(row)}`)
      .sort();
  }
}

export function rowText(row: Row): string {
  return `(${row.map(valueText).join(", ")})`;
}

/** Minus zero is zero; every bigint ends in n, so that 1 and 1n differ. */
function valueText(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return String(value === 0 ? 0 : value);
  if (value instanceof Uint8Array) return `x'${[...value].map((byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([name, member]) => `${name}: ${valueText(member)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}
