import type { Field } from "../../../src/types/data-type.js";
import {
  binary,
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  struct,
  timestamp,
  utf8,
} from "../../../src/types/type-constructors.js";
import type { Script, ScriptRow } from "../oracle/oracle.js";
import { keyOf, type Row, type Value } from "../oracle/values.js";
import type { Random } from "./random.js";

/** The columns of every source: one of each type that the engine carries. */
export const SOURCE_FIELDS: readonly Field[] = Object.entries({
  at: timestamp(),
  k: int32(),
  n: int64(),
  f: float64(),
  s: utf8(),
  b: bool(),
  d: date(),
  bin: binary(),
  l: list(int32()),
  r: struct({ x: int32(), y: utf8() }),
}).map(([name, type]) => ({ name, type, nullable: true }));

const SECOND = 1_000_000n;
const TEXTS = [
  "",
  "a",
  "b",
  "aa",
  "ß",
  "\u{1f600}x",
  "z\0",
  "a text that no inline key holds",
  "a text that no inline key holds!",
];
const BYTES = [[], [0], [1], [0, 255]].map((bytes) => Uint8Array.from(bytes));

/** How event times come. */
export type Arrival = "any" | "jitter" | "ascending";

export interface ScriptSpec {
  /** By source: may take rows back. */
  readonly retracting: readonly boolean[];
  readonly partitions: number;
  readonly arrival: Arrival;
  readonly maxTriggers: number;
}

export function randomScript(random: Random, spec: ScriptSpec): Script {
  const base = random.pick([0n, 0n, -30n, 1_700_000_000n]);
  // Few triggers show little; one in sixteen cases is short.
  const triggers = random.int(random.chance(0.06) ? 1 : Math.min(4, spec.maxTriggers), spec.maxTriggers);
  const single = random.chance(0.18);
  const live = spec.retracting.map((): ScriptRow[] => []);
  const clock = new EventClock(random, spec.arrival, triggers);
  return Array.from({ length: triggers }, (_, trigger) => {
    const rows = Array.from({ length: single ? 1 : random.int(0, 5) }, (): ScriptRow => {
      const source = random.int(0, spec.retracting.length - 1);
      const old = live[source];
      if (spec.retracting[source] && old.length > 0 && random.chance(0.3)) {
        const [taken] = old.splice(random.int(0, old.length - 1), 1);
        return { ...taken, weight: -1 };
      }
      const partition = `p${random.int(0, spec.partitions - 1)}`;
      const row = { source, partition, weight: 1, row: randomRow(random, clock.next(trigger), base) };
      old.push(row);
      return row;
    });
    return inReadOrder(rows);
  });
}

/** Sources in plan order, each partition in order; a row is added before it is taken back. */
export function inReadOrder(rows: readonly ScriptRow[]): readonly ScriptRow[] {
  return rows
    .map((row, i) => ({ row, i }))
    .sort(
      (a, b) =>
        a.row.source - b.row.source ||
        (a.row.partition < b.row.partition ? -1 : a.row.partition > b.row.partition ? 1 : a.i - b.i),
    )
    .map(({ row }) => row);
}

/** Event times in seconds from the base, 0 to 60; null now and then. */
class EventClock {
  readonly #random: Random;
  readonly #arrival: Arrival;
  readonly #triggers: number;
  #last = 0;

  constructor(random: Random, arrival: Arrival, triggers: number) {
    this.#random = random;
    this.#arrival = arrival;
    this.#triggers = triggers;
  }

  next(trigger: number): number | null {
    if (this.#random.chance(0.06)) return null;
    switch (this.#arrival) {
      case "any":
        return this.#random.int(0, 60);
      case "jitter":
        return Math.max(0, Math.round((60 * trigger) / this.#triggers) + this.#random.int(-14, 6));
      case "ascending":
        this.#last += this.#random.int(0, 4);
        return this.#last;
    }
  }
}

function randomRow(random: Random, time: number | null, base: bigint): Row {
  const orNull = (value: () => Value): Value => (random.chance(0.12) ? null : value());
  return [
    time === null ? null : (base + BigInt(time)) * SECOND,
    orNull(() => random.int(0, 4)),
    orNull(() => BigInt(random.int(-3, 3))),
    orNull(() => randomFloat(random)),
    orNull(() => random.pick(TEXTS)),
    orNull(() => random.chance(0.5)),
    // Dates keep step with the times, a day for ten seconds, so that they can be event times too.
    time === null ? null : Number(base / 86_400n) + Math.floor(time / 10),
    orNull(() => random.pick(BYTES)),
    orNull(() => Array.from({ length: random.int(0, 3) }, () => orNull(() => random.int(-1, 2)))),
    orNull(() => ({ x: orNull(() => random.int(0, 1)), y: orNull(() => random.pick(TEXTS.slice(0, 3))) })),
  ];
}

/** Multiples of 2^-10 below 2^20 have exact sums; NaN and the two zeros are there as well. */
function randomFloat(random: Random): number {
  if (random.chance(0.04)) return Number.NaN;
  if (random.chance(0.1)) return random.pick([0, -0]);
  return random.chance(0.5) ? random.int(-2, 2) / 2 : random.int(-(2 ** 24), 2 ** 24) / 1024;
}

/** Rows that were added and not taken back, for scripts that were cut: a delete of a row that is not there goes. */
export function withoutStrayDeletes(script: Script): Script {
  const live = new Map<string, number>();
  return script.map((rows) =>
    rows.filter(({ source, row, weight }) => {
      const key = `${source}:${keyOf(row)}`;
      const count = (live.get(key) ?? 0) + weight;
      if (count < 0) return false;
      live.set(key, count);
      return true;
    }),
  );
}
