import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LimitByArrival } from "../../../src/execution/operators/limit-by-arrival.js";
import { TopN } from "../../../src/execution/operators/top-n.js";
import type { AnalysedLimit, AnalysedNode, AnalysedTopN } from "../../../src/plan/analysed-node.js";
import { float64, int64, utf8 } from "../../../src/types/type-constructors.js";
import { chunk, columnRef, dependencies, Probe, schemaOf, type Values } from "../fixtures.js";

const input = schemaOf({ id: int64(), score: float64(), name: utf8() });
const below = { kind: "scan", schema: input } as AnalysedNode;
const names = { operatorId: 0, operatorName: "topN#0" };

function topN(count: number, insertOnly: boolean) {
  const order = { expression: columnRef(input, "score"), descending: true, nullsFirst: false };
  const node: AnalysedTopN = { kind: "topN", input: below, schema: input, ...names, orders: [order], count };
  const probe = new Probe();
  const operator = new TopN(node, dependencies(probe), { insertOnly });
  const trigger = (rows: Values[], weights?: number[]): Values[] => {
    if (rows.length > 0) operator.process(0, chunk(input, rows, weights === undefined ? {} : { weights }));
    operator.finish();
    operator.advance();
    return probe.take();
  };
  return { operator, trigger };
}

const row = (id: number, score: number | null, name = "x"): Values => ({ id: BigInt(id), score, name });
const textOf = ({ id, score, name }: Values): string => `${id}|${score}|${name}`;

/** The first n of a multiset by score descending, NULLs last, then by id and name. */
function best(live: ReadonlyMap<string, { row: Values; weight: number }>, count: number): string[] {
  const rank = (score: unknown): number => (score === null ? Number.NEGATIVE_INFINITY : Number(score));
  const all = [...live.values()].flatMap(({ row: values, weight }) =>
    Array.from({ length: Math.max(0, weight) }, () => values),
  );
  all.sort(
    (a, b) =>
      rank(b["score"]) - rank(a["score"]) ||
      Number(a["id"]) - Number(b["id"]) ||
      (String(a["name"]) < String(b["name"]) ? -1 : 1),
  );
  return all.slice(0, count).map(textOf).sort();
}

const change = fc.record({
  id: fc.integer({ min: 0, max: 3 }),
  score: fc.constantFrom(null, 1, 2, 3),
  name: fc.constantFrom("x", "y"),
  weight: fc.constantFrom(-1, 1, 1, 3),
});

describe("TopN", () => {
  test.each([true, false])(
    "what it sends adds up to the first n rows, weights counted (insert-only: %s)",
    (insertOnly) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 4 }),
          fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 6 }),
          (count, triggers) => {
            const { trigger, operator } = topN(count, insertOnly);
            const live = new Map<string, { row: Values; weight: number }>();
            const shown = new Map<string, number>();
            for (const changes of triggers) {
              const rows: Values[] = [];
              const weights: number[] = [];
              for (const { weight, id, score, name } of changes) {
                const values = row(id, score, name);
                const now = (live.get(textOf(values))?.weight ?? 0) + weight;
                if (weight < 0 && (insertOnly || now < 0)) continue;
                live.set(textOf(values), { row: values, weight: now });
                rows.push(values);
                weights.push(weight);
              }
              for (const sent of trigger(rows, weights))
                shown.set(textOf(sent), (shown.get(textOf(sent)) ?? 0) + (sent["w"] as number));
              const held = [...shown].flatMap(([text, weight]) => Array.from({ length: weight }, () => text)).sort();
              expect(held).toEqual(best(live, count));
              if (insertOnly) expect(operator.stateSize().rows).toBeLessThanOrEqual(count);
            }
          },
        ),
      );
    },
  );

  test("sends what leaves before what comes, in order, and nothing where nothing changed", () => {
    const { trigger } = topN(2, true);
    expect(trigger([row(1, 5), row(2, 7), row(3, 1)])).toEqual([
      { ...row(2, 7), w: 1 },
      { ...row(1, 5), w: 1 },
    ]);
    expect(trigger([row(4, 2)])).toEqual([]);
    expect(trigger([row(5, 9), row(6, 8)])).toEqual([
      { ...row(2, 7), w: -1 },
      { ...row(1, 5), w: -1 },
      { ...row(5, 9), w: 1 },
      { ...row(6, 8), w: 1 },
    ]);
  });

  test("a row that comes back after it was taken away counts again", () => {
    const { trigger } = topN(1, false);
    trigger([row(1, 5), row(2, 4)]);
    expect(trigger([row(1, 5)], [-1])).toEqual([
      { ...row(1, 5), w: -1 },
      { ...row(2, 4), w: 1 },
    ]);
    expect(trigger([row(1, 5)])).toEqual([
      { ...row(2, 4), w: -1 },
      { ...row(1, 5), w: 1 },
    ]);
  });
});

describe("LimitByArrival", () => {
  function limit(count: number) {
    const node: AnalysedLimit = { kind: "limit", input: below, schema: input, ...names, count, byArrival: true };
    const probe = new Probe();
    const operator = new LimitByArrival(node, dependencies(probe));
    return { operator, probe };
  }

  test("the first rows pass as they come, over triggers", () => {
    const { operator, probe } = limit(3);
    operator.process(0, chunk(input, [row(9, 1), row(8, 1)], { sel: Int32Array.of(1) }));
    operator.process(0, chunk(input, [row(7, 1), row(6, 1), row(5, 1)]));
    operator.process(0, chunk(input, [row(4, 1)]));
    expect(probe.take().map(({ id }) => id)).toEqual([8n, 7n, 6n]);
  });

  test("weights are counted, and the last row that fits is cut", () => {
    const { operator, probe } = limit(4);
    operator.process(
      0,
      chunk(input, [row(1, 1), row(2, 1), row(3, 1), row(4, 1)], {
        sel: Int32Array.of(0, 2, 3),
        weights: [1, 9, 5, 1],
      }),
    );
    expect(probe.take()).toMatchObject([
      { id: 1n, w: 1 },
      { id: 3n, w: 3 },
    ]);
  });

  test("a limit of 0 lets nothing pass", () => {
    const { operator, probe } = limit(0);
    operator.process(0, chunk(input, [row(1, 1)]));
    expect(probe.chunks).toEqual([]);
  });
});
