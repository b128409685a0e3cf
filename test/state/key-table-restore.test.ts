import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeyTable } from "../../src/state/create-key-table.js";
import type { StateContent } from "../../src/state/state-rows.js";
import { readStateRows, stateRowsOf, stateSchema } from "../../src/state/state-rows.js";
import type { KeyTable } from "../../src/state/state-table.js";
import type { DataType } from "../../src/types/data-type.js";
import { dictionaryColumn, int64Column, structColumn, textColumn } from "./key-columns-of.js";

const TYPES: DataType[] = [
  { kind: "utf8" },
  {
    kind: "struct",
    fields: [{ name: "at", type: { kind: "int64" }, nullable: true }],
  },
];
const SCHEMA = stateSchema(TYPES.map((type, index) => ({ name: `key${index}`, type, nullable: true })));

interface Key {
  readonly text: string | null;
  readonly at: bigint | null;
}

const key: fc.Arbitrary<Key> = fc.record({
  text: fc.constantFrom(
    "",
    "a",
    "b",
    null,
    "a text that is longer than sixteen bytes",
    "another text, longer than that",
  ),
  at: fc.constantFrom(0n, 5n, null),
});
const step = fc.record({
  keys: fc.array(key, { maxLength: 8 }),
  isDictionary: fc.boolean(),
  /** By position among the live ids. */
  releases: fc.array(fc.nat(20), { maxLength: 6 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The ids that the step's keys were given. */
function apply(table: KeyTable, { keys, isDictionary, releases }: Step): { probed: number[]; released: number[] } {
  const texts = keys.map(({ text }) => text);
  const columns = [
    isDictionary ? dictionaryColumn(texts) : textColumn(texts),
    structColumn(
      { at: int64Column(keys.map(({ at }) => at)) },
      keys.map(({ at, text }) => at === null && text === null),
    ),
  ];
  const ids = new Int32Array(keys.length);
  table.probe(columns, null, keys.length, ids);
  const live = table.liveGroups();
  const released = live.length === 0 ? [] : [...new Set(releases.map((at) => live[at % live.length]))];
  table.release(Int32Array.from(released), released.length);
  return { probed: [...ids], released };
}

/** What a checkpoint would hold, read back. */
function captured(table: KeyTable, kind: "delta" | "snapshot", changed: readonly number[]): StateContent {
  const slots =
    kind === "snapshot" ? table.liveGroups() : Int32Array.from(new Set(changed)).filter((slot) => table.isLive(slot));
  const columns = table.keysOf(slots, slots.length);
  return readStateRows(stateRowsOf(SCHEMA, { slots, columns, freed: table.captureIds(kind) }));
}

describe.each([{ codegen: true }, { codegen: false, hashMask: 1 }])(
  "a key table restored from captures, %j",
  (options) => {
    it("hands out the ids that the captured one hands out", () => {
      fc.assert(
        fc.property(
          fc.array(step, { maxLength: 4 }),
          fc.array(fc.array(step, { maxLength: 2 }), { maxLength: 3 }),
          fc.array(step, { maxLength: 4 }),
          (before, deltas, after) => {
            const table = createKeyTable(TYPES, options);
            const restored = createKeyTable(TYPES, options);
            for (const each of before) apply(table, each);
            restored.restore(captured(table, "snapshot", []));
            for (const delta of deltas) {
              const changed = delta.flatMap((each) => apply(table, each).probed);
              restored.restore(captured(table, "delta", changed));
            }
            expect(restored.size).toBe(table.size);
            expect(restored.liveGroups()).toEqual(table.liveGroups());
            for (const each of after) {
              expect(apply(restored, each)).toEqual(apply(table, each));
              const live = table.liveGroups();
              expect(restored.keysOf(live, live.length)).toEqual(table.keysOf(live, live.length));
            }
            expect(captured(restored, "delta", [])).toEqual(captured(table, "delta", []));
            expect(captured(restored, "snapshot", [])).toEqual(captured(table, "snapshot", []));
          },
        ),
        { numRuns: 300 },
      );
    });
  },
);

describe("a table of one key", () => {
  it("knows after a restore whether its key is there", () => {
    const table = createKeyTable([]);
    const restored = createKeyTable([]);
    table.probe([], null, 1, new Int32Array(1));
    restored.restore(captured(table, "snapshot", []));
    expect(restored.size).toBe(1);
    table.release(Int32Array.of(0), 1);
    restored.restore(captured(table, "delta", []));
    expect(restored.size).toBe(0);
    expect(restored.probe([], null, 1, new Int32Array(1))).toBe(1);
    expect([...restored.liveGroups()]).toEqual([0]);
  });
});
