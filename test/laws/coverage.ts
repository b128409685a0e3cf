import { type LawCase, nodesOfPlan } from "./cases/law-case.js";
import { isStruct, type Row } from "./oracle/values.js";

export type Feature = "late" | "retraction" | "twoStateful" | "nullKeys" | "nullTimes" | "oneRow";

/** Least share of the runs that have a feature, in per cent. */
export type Minimum = Readonly<Partial<Record<Feature, number>>>;

/** DESIGN 9, for laws to which all of it applies. */
export const FULL_COVERAGE: Minimum = {
  late: 30,
  retraction: 30,
  twoStateful: 20,
  nullKeys: 10,
  nullTimes: 10,
  oneRow: 10,
};
/** The same for laws that have no late rows by definition. */
export const COVERAGE_WITHOUT_LATE: Minimum = {
  retraction: 30,
  twoStateful: 20,
  nullKeys: 10,
  nullTimes: 10,
  oneRow: 10,
};

/** Counts how many runs had what they were made for. */
export class Coverage {
  readonly #counts = new Map<Feature, number>();
  #current = new Set<Feature>();
  #runs = 0;

  /** Notes what can be seen of a case before it runs. */
  begin({ plan, script }: LawCase): void {
    this.#current = new Set();
    const nodes = nodesOfPlan(plan);
    const stateful = nodes.filter(({ kind }) => kind === "aggregate" || kind === "dropDuplicates" || kind === "limit");
    if (stateful.length >= 2) this.note("twoStateful");
    const rows = script.flat();
    if (script.length > 1 && script.every((each) => each.length === 1)) this.note("oneRow");
    if (rows.some(({ row }) => row[0] === null)) this.note("nullTimes");
    if (stateful.length > 0 && rows.some(({ row }) => hasNullKey(row))) this.note("nullKeys");
    if (rows.some(({ weight }) => weight < 0) || stateful.length >= 2) this.note("retraction");
  }

  note(feature: Feature): void {
    this.#current.add(feature);
  }

  end(): void {
    this.#runs++;
    for (const feature of this.#current) this.#counts.set(feature, (this.#counts.get(feature) ?? 0) + 1);
  }

  #share(feature: Feature): number {
    return this.#runs === 0 ? 0 : (100 * (this.#counts.get(feature) ?? 0)) / this.#runs;
  }

  report(): string {
    return [...this.#counts.keys()].map((feature) => `${feature} ${this.#share(feature).toFixed(0)} %`).join(", ");
  }

  missing(minimum: Minimum): string[] {
    const features = Object.keys(minimum) as Feature[];
    return features
      .filter((feature) => this.#share(feature) < (minimum[feature] ?? 0))
      .map((feature) => `${feature}: ${this.#share(feature).toFixed(0)} % < ${minimum[feature]} %`);
  }
}

/** A NULL in a column that plans group by. */
function hasNullKey(row: Row): boolean {
  return row.slice(1).some((value) => value === null || (isStruct(value) && Object.values(value).includes(null)));
}
/** For laws about one late option. */
export const COVERAGE_OF_LATE: Minimum = { late: 30, twoStateful: 20, nullTimes: 10, oneRow: 10 };
