import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import type { Operator } from "../../src/execution/operator.js";
import type { OperatorDependencies } from "../../src/execution/operator-dependencies.js";
import { dropDuplicates } from "../../src/execution/operators/drop-duplicates.js";
import { LimitByArrival } from "../../src/execution/operators/limit-by-arrival.js";
import { TopN } from "../../src/execution/operators/top-n.js";
import { CompleteEncoder } from "../../src/execution/output/complete-encoder.js";
import { Consolidator } from "../../src/execution/output/consolidator.js";
import { PlainRows } from "../../src/execution/output/plain-rows.js";
import { ResultTable } from "../../src/execution/output/result-table.js";
import type {
  AnalysedDropDuplicates,
  AnalysedLimit,
  AnalysedNode,
  AnalysedTopN,
  Lifetime,
} from "../../src/plan/analysed-node.js";
import type { Schema } from "../../src/types/data-type.js";
import { type AnyTrigger, anyRun } from "./any-rows.js";
import { chunk, columnRef, dependencies, newMetrics, Probe, rowsOf } from "./fixtures.js";
import { anyCut, expectRoundTrip, type Subject } from "./round-trip.js";

const NAMES = { operatorId: 0, operatorName: "op#0" };
const INSERTS = [1, 1, 2];
const CHANGES = [1, 1, 2, -1];

function scanOf(schema: Schema): AnalysedNode {
  return { kind: "scan", schema } as AnalysedNode;
}

function chunkOfTrigger(schema: Schema, { rows, weights }: AnyTrigger): Chunk {
  return chunk(schema, rows, { weights: [...weights] });
}

function operatorSubject(schema: Schema, make: (dependencies: OperatorDependencies) => Operator): Subject<AnyTrigger> {
  const probe = new Probe();
  const metrics = newMetrics();
  const operator = make({ ...dependencies(probe), metrics, durable: true });
  return {
    parts: operator.stateParts?.() ?? [],
    run(trigger) {
      Object.assign(metrics, newMetrics());
      if (trigger.rows.length > 0) operator.process(0, chunkOfTrigger(schema, trigger));
      operator.finish();
      operator.advance([trigger.bound]);
      return {
        sent: probe.chunks.splice(0).map((each) => rowsOf(each, { weighted: true })),
        metrics,
        size: operator.stateSize().rows,
      };
    },
  };
}

const BOUNDED = ["int32", "int64", "date", "timestamp"];

function evictionBy(schema: Schema, keys: readonly number[]): Lifetime["evictBy"] {
  return keys
    .filter((key) => BOUNDED.includes(schema.fields[key].type.kind))
    .map((key) => ({ path: `${key}`, bound: { kind: "watermark", watermarkId: 0 } }));
}

describe("a restart goes unnoticed", () => {
  test.each([
    { name: "the first by arrival", byArrival: true, retracting: false },
    { name: "the first by order", byArrival: false, retracting: false },
    { name: "the first by order, rows taken back", byArrival: false, retracting: true },
  ])("dropDuplicates: $name", ({ byArrival, retracting }) => {
    fc.assert(
      fc.property(anyRun(retracting ? CHANGES : INSERTS), fc.boolean(), anyCut, ({ schema, triggers }, isOne, cut) => {
        const keys = isOne ? [0] : [1, 0];
        const evictBy = evictionBy(schema, keys);
        const lifetime: Lifetime = { evictBy, emission: "changes", retractingInput: retracting };
        const node: AnalysedDropDuplicates = {
          kind: "dropDuplicates",
          input: scanOf(schema),
          schema,
          ...NAMES,
          keys,
          byArrival,
          lifetime,
        };
        expectRoundTrip(() => operatorSubject(schema, (given) => dropDuplicates(node, given)), triggers, cut);
      }),
    );
  });

  test.each([true, false])("top-N (insert-only: %s)", (insertOnly) => {
    fc.assert(
      fc.property(
        anyRun(insertOnly ? INSERTS : CHANGES),
        fc.nat(5),
        fc.boolean(),
        anyCut,
        ({ schema, triggers }, count, descending, cut) => {
          const orders = [{ expression: columnRef(schema, "c1"), descending, nullsFirst: descending }];
          const node: AnalysedTopN = { kind: "topN", input: scanOf(schema), schema, ...NAMES, orders, count };
          expectRoundTrip(
            () => operatorSubject(schema, (given) => new TopN(node, given, { insertOnly })),
            triggers,
            cut,
          );
        },
      ),
    );
  });

  test("limit by arrival", () => {
    fc.assert(
      fc.property(anyRun(INSERTS), fc.nat(12), anyCut, ({ schema, triggers }, count, cut) => {
        const node: AnalysedLimit = { kind: "limit", input: scanOf(schema), schema, ...NAMES, count, byArrival: true };
        expectRoundTrip(() => operatorSubject(schema, (given) => new LimitByArrival(node, given)), triggers, cut);
      }),
    );
  });

  test.each([
    { name: "by key", key: [0], insertOnly: false },
    { name: "whole rows", key: null, insertOnly: false },
    { name: "rows that only come", key: null, insertOnly: true },
  ])("a complete result: $name", ({ key, insertOnly }) => {
    fc.assert(
      fc.property(anyRun(insertOnly ? INSERTS : CHANGES), anyCut, ({ schema, triggers }, cut) => {
        expectRoundTrip(() => encoderSubject(schema, { key, insertOnly }), triggers, cut);
      }),
    );
  });

  test("many rows and changes, so that slots are used again and tables are squeezed", () => {
    const schema: Schema = { fields: [{ name: "c0", type: { kind: "int32" }, nullable: true }] };
    const triggers = Array.from({ length: 12 }, (_, t): AnyTrigger => {
      const rows = Array.from({ length: 1500 }, (_, i) => ({ c0: (i * 7 + (t % 3) * 500) % 2000 }));
      return { rows, weights: rows.map((_, i) => (t % 2 === 1 && i % 3 > 0 ? -1 : 1)), bound: 0n };
    });
    expectRoundTrip(() => encoderSubject(schema, { key: null, insertOnly: false }), triggers, { first: 3, later: 3 });
    const node: AnalysedTopN = { kind: "topN", input: scanOf(schema), schema, ...NAMES, orders: [], count: 50 };
    const topN = (): Subject<AnyTrigger> =>
      operatorSubject(schema, (given) => new TopN(node, given, { insertOnly: false }));
    expectRoundTrip(topN, triggers, { first: 3, later: 3 });
  });

  test("an idle trigger has nothing to capture; a result that is taken back moves from one table to the other", () => {
    const schema: Schema = { fields: [{ name: "c0", type: { kind: "int32" }, nullable: true }] };
    const subject = encoderSubject(schema, { key: [0], insertOnly: false });
    subject.run({ rows: [{ c0: 1 }], weights: [1], bound: 0n });
    expect(subject.parts.map((part) => part.capture("delta")?.length ?? null)).toEqual([1, null]);
    subject.run({ rows: [], weights: [], bound: 0n });
    expect(subject.parts.map((part) => part.capture("delta"))).toEqual([null, null]);
    subject.run({ rows: [{ c0: 1 }], weights: [-1], bound: 0n });
    expect(subject.parts.map((part) => part.capture("delta")?.length ?? null)).toEqual([1, 1]);
  });
});

function encoderSubject(
  schema: Schema,
  { key, insertOnly }: { readonly key: readonly number[] | null; readonly insertOnly: boolean },
): Subject<AnyTrigger> {
  const visible = { visible: schema, visibleCount: schema.fields.length, visibleKey: key };
  const encoder = new CompleteEncoder({
    shape: { ...visible, key, deletes: !insertOnly, insertOnly, orders: [] },
    plain: new PlainRows(schema),
    table: new ResultTable(schema, key, { codegen: true, durable: true }),
    sorter: null,
    consolidator: key === null ? null : new Consolidator(schema, { codegen: true }),
  });
  return {
    parts: encoder.stateParts(),
    run(trigger) {
      if (trigger.rows.length > 0) encoder.emit(chunkOfTrigger(schema, trigger));
      return encoder.finish().map((batch) => rowsOf(batch.chunk));
    },
  };
}
