import { describe, expect, test } from "vitest";
import { Explode } from "../../../src/execution/operators/explode.js";
import { Filter } from "../../../src/execution/operators/filter.js";
import { Project } from "../../../src/execution/operators/project.js";
import { Union } from "../../../src/execution/operators/union.js";
import type { ResolvedExpression } from "../../../src/expressions/resolved-expression.js";
import type { AnalysedNode } from "../../../src/plan/analysed-node.js";
import { bool, int32, int64, list, utf8 } from "../../../src/types/type-constructors.js";
import { chunk, columnRef, dependencies, Probe, schemaOf } from "../fixtures.js";

const input = schemaOf({ id: int64(), words: list(utf8()), good: bool() });
const below = { kind: "scan", schema: input } as AnalysedNode;
const rows = [
  { id: 1n, words: ["a", null], good: true },
  { id: 2n, words: [], good: null },
  { id: 3n, words: null, good: false },
  { id: 4n, words: ["b"], good: true },
];
const weighted = { weights: [2, 1, 1, -1], partition: "p" };

describe("Project", () => {
  test("computes over the selected rows and keeps selection, weights and partition", () => {
    const probe = new Probe();
    const one: ResolvedExpression = { kind: "literal", type: int32(), value: 1, nullable: false };
    const schema = schemaOf({ id: int64(), one: int32() });
    const project = new Project(
      { kind: "project", input: below, columns: [columnRef(input, "id"), one], schema },
      dependencies(probe),
    );
    project.process(0, chunk(input, rows, { ...weighted, sel: Int32Array.of(0, 3) }));
    expect(probe.chunks[0]).toMatchObject({ schema, partition: "p", length: 4 });
    expect(probe.take()).toEqual([
      { id: 1n, one: 1, w: 2 },
      { id: 4n, one: 1, w: -1 },
    ]);
  });
});

describe("Filter", () => {
  const filter = (probe: Probe): Filter =>
    new Filter(
      { kind: "filter", input: below, schema: input, condition: columnRef(input, "good") },
      dependencies(probe),
    );

  test("keeps the rows for which the condition is true, without copying", () => {
    const probe = new Probe();
    const given = chunk(input, rows, weighted);
    filter(probe).process(0, given);
    expect(probe.chunks[0].columns).toBe(given.columns);
    expect(probe.take()).toMatchObject([
      { id: 1n, w: 2 },
      { id: 4n, w: -1 },
    ]);
  });

  test("sends nothing where no row passes, and the chunk itself where all do", () => {
    const probe = new Probe();
    filter(probe).process(0, chunk(input, rows, { sel: Int32Array.of(1, 2) }));
    expect(probe.chunks).toEqual([]);
    const all = chunk(input, rows, { sel: Int32Array.of(0, 3) });
    filter(probe).process(0, all);
    expect(probe.chunks).toEqual([all]);
  });
});

describe("Explode", () => {
  const exploded = (
    outer: boolean,
    options: Parameters<typeof chunk>[2],
    given: typeof rows = rows,
    read: ReadonlySet<number> | null = null,
  ): Probe => {
    const probe = new Probe();
    const schema = { fields: [...input.fields, { name: "word", type: utf8(), nullable: true }] };
    new Explode(
      { kind: "explode", input: below, list: columnRef(input, "words"), outer, schema },
      dependencies(probe),
      read,
    ).process(0, chunk(input, given, options));
    return probe;
  };

  test("gives one row per element, with the row's weight and partition", () => {
    const probe = exploded(false, weighted);
    expect(probe.chunks[0].partition).toBe("p");
    expect(probe.take()).toMatchObject([
      { id: 1n, word: "a", w: 2 },
      { id: 1n, word: null, w: 2 },
      { id: 4n, word: "b", w: -1 },
    ]);
  });

  test("outer keeps rows without elements", () => {
    expect(exploded(true, { sel: Int32Array.of(1, 2, 3) }).take()).toMatchObject([
      { id: 2n, word: null },
      { id: 3n, word: null },
      { id: 4n, word: "b" },
    ]);
  });

  test("sends nothing where there is no element; cuts long lists, and copies no column that nobody reads", () => {
    expect(exploded(false, { sel: Int32Array.of(1, 2) }).chunks).toEqual([]);
    const long = exploded(
      false,
      {},
      [{ id: 1n, words: Array.from({ length: 20_000 }, (_, i) => `${i}`), good: true }],
      new Set([0, 3]),
    );
    expect(long.chunks.map(({ length }) => length)).toEqual([16_384, 3616]);
    expect(long.take()[19_999]).toMatchObject({ id: 1n, words: null, word: "19999" });
  });
});

describe("Union", () => {
  test("hands the rows of every port on", () => {
    const probe = new Probe();
    const union = new Union({ kind: "union", inputs: [below, below], schema: input }, dependencies(probe));
    union.process(0, chunk(input, rows.slice(0, 1)));
    union.process(1, chunk(input, rows.slice(1, 2)));
    expect(probe.take()).toMatchObject([{ id: 1n }, { id: 2n }]);
  });
});
