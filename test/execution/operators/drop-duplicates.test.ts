import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dropDuplicates } from "../../../src/execution/operators/drop-duplicates.js";
import { FirstByArrival } from "../../../src/execution/operators/first-by-arrival.js";
import { FirstByOrder } from "../../../src/execution/operators/first-by-order.js";
import type { AnalysedDropDuplicates, AnalysedNode, Lifetime } from "../../../src/plan/analysed-node.js";
import { END_OF_TIME } from "../../../src/plan/bound-expression.js";
import { int64, utf8 } from "../../../src/types/type-constructors.js";
import { chunk, dependencies, Probe, schemaOf, type Values } from "../fixtures.js";

const input = schemaOf({ k: int64(), v: utf8() });
const evictByKey: Lifetime["evictBy"] = [{ path: "0", bound: { kind: "watermark", watermarkId: 0 } }];

function harness(options: {
  keys?: number[];
  byArrival?: boolean;
  retracting?: boolean;
  evictBy?: Lifetime["evictBy"];
}) {
  const { keys = [0], byArrival = false, retracting = false, evictBy = [] } = options;
  const node: AnalysedDropDuplicates = {
    kind: "dropDuplicates",
    input: { kind: "scan", schema: input } as AnalysedNode,
    schema: input,
    operatorId: 0,
    operatorName: "dropDuplicates(k)#0",
    keys,
    byArrival,
    lifetime: { evictBy, emission: "changes", retractingInput: retracting },
  };
  const probe = new Probe();
  const given = dependencies(probe);
  const operator = dropDuplicates(node, given);
  const trigger = (rows: Values[], options: { weights?: number[]; bound?: bigint } = {}): Values[] => {
    const { weights, bound = 0n } = options;
    if (rows.length > 0) operator.process(0, chunk(input, rows, weights === undefined ? {} : { weights }));
    operator.finish();
    operator.advance([bound]);
    return probe.take();
  };
  return { operator, trigger, metrics: given.metrics };
}

const row = (k: bigint | null, v: string | null): Values => ({ k, v });

describe("dropDuplicates by arrival", () => {
  test("the first row of a key passes, once, whatever its weight", () => {
    const { trigger, operator, metrics } = harness({ byArrival: true });
    expect(operator).toBeInstanceOf(FirstByArrival);
    expect(trigger([row(2n, "b"), row(1n, "x"), row(2n, "a"), row(null, "n")], { weights: [3, 1, 1, 1] })).toEqual([
      { ...row(2n, "b"), w: 1 },
      { ...row(1n, "x"), w: 1 },
      { ...row(null, "n"), w: 1 },
    ]);
    expect(trigger([row(1n, "y"), row(null, "m")])).toEqual([]);
    expect(metrics.rowsUpdated).toBe(3);
    expect(operator.stateSize().rows).toBe(3);
  });

  test("a key below the bound is forgotten; at the end of time every key is", () => {
    const { trigger, operator, metrics } = harness({ byArrival: true, evictBy: evictByKey });
    trigger([row(1n, "a"), row(5n, "b"), row(null, "c")], { bound: 5n });
    expect([operator.stateSize().rows, metrics.rowsRemoved]).toEqual([2, 1]);
    expect(trigger([row(5n, "again")], { bound: 5n })).toEqual([]);
    trigger([], { bound: END_OF_TIME });
    expect(operator.stateSize().rows).toBe(0);
  });

  test("whole rows need no order", () => {
    const { operator, trigger } = harness({ keys: [0, 1] });
    expect(operator).toBeInstanceOf(FirstByArrival);
    expect(trigger([row(1n, "a"), row(1n, "b"), row(1n, "a")])).toHaveLength(2);
  });
});

/** The least row of every key by (k, v), as text. */
function leastByKey(rows: ReadonlyMap<string, number>): Set<string> {
  const least = new Map<string, string>();
  for (const [text, weight] of rows) {
    const [k, v] = text.split("|");
    if (weight > 0 && (!least.has(k) || v < (least.get(k) ?? ""))) least.set(k, v);
  }
  return new Set([...least].map(([k, v]) => `${k}|${v}`));
}

const textOf = ({ k, v }: Values): string => `${k}|${v}`;

describe("dropDuplicates by all columns", () => {
  const change = fc.record({
    k: fc.bigInt(0n, 3n),
    v: fc.constantFrom("a", "b", "c"),
    weight: fc.constantFrom(-1, 1, 1, 2),
  });

  test.each([true, false])(
    "emits the difference between least rows, trigger by trigger (retracting: %s)",
    (retracting) => {
      fc.assert(
        fc.property(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 6 }), (triggers) => {
          const { operator, trigger } = harness({ retracting });
          expect(operator).toBeInstanceOf(FirstByOrder);
          const live = new Map<string, number>();
          const shown = new Map<string, number>();
          for (const changes of triggers) {
            const rows: Values[] = [];
            const weights: number[] = [];
            for (const { k, v, weight } of changes) {
              const text = `${k}|${v}`;
              const now = (live.get(text) ?? 0) + weight;
              if (weight < 0 && (!retracting || now < 0)) continue;
              live.set(text, now);
              rows.push(row(k, v));
              weights.push(weight);
            }
            for (const sent of trigger(rows, { weights }))
              shown.set(textOf(sent), (shown.get(textOf(sent)) ?? 0) + (sent["w"] as number));
            expect(new Set([...shown].filter(([, weight]) => weight !== 0).map(([text]) => text))).toEqual(
              leastByKey(live),
            );
            expect([...shown.values()].every((weight) => weight === 0 || weight === 1)).toBe(true);
            const keys = new Set([...live].filter(([, weight]) => weight > 0).map(([text]) => text.split("|")[0]));
            if (!retracting) expect(operator.stateSize().rows).toBe(keys.size);
          }
          if (!retracting) return;
          const left = [...live].filter(([, weight]) => weight > 0);
          trigger(
            left.map(([text]) => row(BigInt(text.split("|")[0]), text.split("|")[1])),
            { weights: left.map(([, weight]) => -weight) },
          );
          expect(operator.stateSize().rows).toBe(0);
        }),
      );
    },
  );

  test("a deletion may come before the insertion it takes back", () => {
    const { trigger } = harness({ retracting: true });
    expect(trigger([row(1n, "a"), row(1n, "a")], { weights: [-1, 1] })).toEqual([]);
    expect(trigger([row(1n, "b")])).toEqual([{ ...row(1n, "b"), w: 1 }]);
  });

  test("a key below the bound goes silently", () => {
    const { trigger, operator } = harness({ retracting: true, evictBy: evictByKey });
    trigger([row(1n, "a"), row(1n, "b"), row(7n, "b")]);
    expect(trigger([], { bound: 2n })).toEqual([]);
    expect(operator.stateSize().rows).toBe(1);
  });
});
