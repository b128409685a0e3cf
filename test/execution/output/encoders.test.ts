import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHUNK_ROWS } from "../../../src/columnar/chunk.js";
import { AppendEncoder } from "../../../src/execution/output/append-encoder.js";
import { ChangelogEncoder } from "../../../src/execution/output/changelog-encoder.js";
import { CompleteEncoder } from "../../../src/execution/output/complete-encoder.js";
import { Consolidator } from "../../../src/execution/output/consolidator.js";
import type { OutputBatch } from "../../../src/execution/output/output-batch.js";
import type { OutputEncoder } from "../../../src/execution/output/output-encoder.js";
import { PlainRows } from "../../../src/execution/output/plain-rows.js";
import { ResultTable } from "../../../src/execution/output/result-table.js";
import { RowSorter } from "../../../src/execution/output/row-sorter.js";
import { UpdateEncoder } from "../../../src/execution/output/update-encoder.js";
import type { ResolvedOrder } from "../../../src/plan/analysed-node.js";
import type { OutputShape } from "../../../src/plan/streaming-plan.js";
import { int64, utf8 } from "../../../src/types/type-constructors.js";
import { chunk, columnRef, rowsOf, schemaOf, type Values } from "../fixtures.js";

const root = schemaOf({ k: int64(), v: utf8() });
const options = { codegen: true, context: () => ({ batchId: 0, batchTime: 0n }) };
const row = (k: number | null, v: string | null): Values => ({ k: k === null ? null : BigInt(k), v });

function shapeOf(extra: Partial<OutputShape> = {}): OutputShape {
  return {
    visible: root,
    visibleCount: 2,
    key: null,
    visibleKey: null,
    deletes: false,
    insertOnly: false,
    orders: [],
    ...extra,
  };
}
const keyed = shapeOf({ key: [0], visibleKey: [0], deletes: true });

/** Rows with their weight (`w`) or what happens to them (`op`). */
function told(batches: readonly OutputBatch[]): Values[] {
  return batches.flatMap(({ chunk: rows, op }) => {
    expect(rows.sel).toBeNull();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(CHUNK_ROWS);
    return rowsOf(rows, { weighted: rows.weights !== null }).map((each, i) =>
      op === null ? each : { ...each, op: op[i] },
    );
  });
}

function trigger(encoder: OutputEncoder, ...chunks: [rows: Values[], weights?: number[]][]): Values[] {
  for (const [rows, weights] of chunks) encoder.emit(chunk(root, rows, weights === undefined ? {} : { weights }));
  return told(encoder.finish());
}

const byValue: ResolvedOrder = { expression: columnRef(root, "v"), descending: true, nullsFirst: false };

describe("append", () => {
  test("sends visible rows as they come, a row of weight k k times", () => {
    const encoder = new AppendEncoder(shapeOf({ visible: schemaOf({ k: int64() }), visibleCount: 1 }), null);
    encoder.emit(
      chunk(root, [row(1, "a"), row(2, "b"), row(3, "c")], { sel: Int32Array.of(0, 2), weights: [2, 9, 1] }),
    );
    encoder.emit(chunk(root, [row(4, "d")]));
    expect(told(encoder.finish())).toEqual([{ k: 1n }, { k: 1n }, { k: 3n }, { k: 4n }]);
    expect(encoder.finish()).toEqual([]);
  });

  test("sorts the rows of a trigger where the query has an order", () => {
    const encoder = new AppendEncoder(shapeOf(), new RowSorter([byValue], options));
    expect(
      trigger(encoder, [[row(1, "a"), row(2, "c")]], [[row(3, null), row(4, "b"), row(5, "c")]]).map(({ k }) => k),
    ).toEqual([2n, 5n, 4n, 1n, 3n]);
  });

  test("a row that is taken back is a broken promise of the plan", () => {
    expect(() => new AppendEncoder(shapeOf(), null).emit(chunk(root, [row(1, "a")], { weights: [-1] }))).toThrow(
      /final/,
    );
  });

  test("cuts long output", () => {
    const encoder = new AppendEncoder(shapeOf(), null);
    encoder.emit(chunk(root, [row(1, "a")], { weights: [CHUNK_ROWS + 5] }));
    expect(encoder.finish().map(({ chunk: { length } }) => length)).toEqual([CHUNK_ROWS, 5]);
  });
});

describe("changelog", () => {
  test("adds equal rows up, drops what cancels out, sends deletes first", () => {
    const encoder = new ChangelogEncoder(shapeOf(), new Consolidator(root, options));
    const sent = trigger(
      encoder,
      [
        [row(1, "a"), row(2, "b"), row(3, "c")],
        [1, 1, -2],
      ],
      [
        [row(2, "b"), row(1, "a"), row(null, null)],
        [-1, 2, -1],
      ],
    );
    expect(sent).toEqual([
      { ...row(3, "c"), w: -2 },
      { ...row(null, null), w: -1 },
      { ...row(1, "a"), w: 3 },
    ]);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(1, "a")],
        [1, -1],
      ]),
    ).toEqual([]);
    expect(trigger(encoder, [[row(2, "b")]])).toEqual([{ ...row(2, "b"), w: 1 }]);
  });

  test("net changes are only put in order; weights are never left out", () => {
    const encoder = new ChangelogEncoder(shapeOf(), null);
    expect(
      trigger(
        encoder,
        [[row(1, "a")]],
        [
          [row(1, "b"), row(2, "b")],
          [-1, 1],
        ],
      ),
    ).toEqual([
      { ...row(1, "b"), w: -1 },
      { ...row(1, "a"), w: 1 },
      { ...row(2, "b"), w: 1 },
    ]);
  });
});

describe("update", () => {
  const encoderOf = (shape: OutputShape, isNet: boolean): UpdateEncoder =>
    new UpdateEncoder(shape, root, { codegen: true, consolidator: isNet ? null : new Consolidator(root, options) });

  test.each([true, false])("one upsert or tombstone per key, in order of first touch (net: %s)", (isNet) => {
    const encoder = encoderOf(keyed, isNet);
    expect(trigger(encoder, [[row(1, "a"), row(2, "b")]])).toEqual([row(1, "a"), row(2, "b")]);
    const sent = trigger(
      encoder,
      [
        [row(2, "b"), row(1, "a")],
        [-1, -1],
      ],
      [[row(1, "c"), row(3, "d")]],
    );
    expect(sent).toEqual([
      { k: 2n, v: null, op: 1 },
      { ...row(1, "c"), op: 0 },
      { ...row(3, "d"), op: 0 },
    ]);
  });

  test("a row that comes out as it was is not sent, whatever the order of its changes", () => {
    const encoder = encoderOf(keyed, false);
    expect(
      trigger(
        encoder,
        [
          [row(1, "a"), row(2, "y")],
          [1, 1],
        ],
        [
          [row(1, "a"), row(2, "x")],
          [-1, -1],
        ],
      ),
    ).toEqual([{ ...row(2, "y") }]);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(1, "a")],
        [-1, 1],
      ]),
    ).toEqual([]);
  });

  test("hidden keys are cut off, and keep rows apart that look the same", () => {
    const shape = shapeOf({ key: [1], visible: schemaOf({ k: int64() }), visibleCount: 1 });
    const encoder = encoderOf(shape, false);
    expect(trigger(encoder, [[row(1, "a"), row(1, "b")]])).toEqual([{ k: 1n }, { k: 1n }]);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(1, "a"), row(1, "b"), row(2, "b")],
        [-1, 1, -1, 1],
      ]),
    ).toEqual([{ k: 2n }]);
  });

  test("the key of at most one row", () => {
    const encoder = encoderOf(shapeOf({ key: [], visibleKey: [], deletes: true }), false);
    expect(trigger(encoder, [[row(1, "a")]])).toEqual([row(1, "a")]);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(2, "b")],
        [-1, 1],
      ]),
    ).toEqual([row(2, "b")]);
    expect(trigger(encoder, [[row(2, "b")], [-1]])).toEqual([{ k: null, v: null, op: 1 }]);
  });
});

describe("complete", () => {
  const encoderOf = (
    extra: { key?: readonly number[] | null; insertOnly?: boolean; isNet?: boolean; orders?: ResolvedOrder[] } = {},
  ): CompleteEncoder => {
    const { key = null, insertOnly = false, isNet = true, orders = [] } = extra;
    return new CompleteEncoder({
      shape: shapeOf({ key, insertOnly }),
      plain: new PlainRows(root),
      table: new ResultTable(root, key, { ...options, durable: false }),
      sorter: orders.length === 0 ? null : new RowSorter(orders, options),
      consolidator: isNet ? null : new Consolidator(root, options),
    });
  };

  test("sends the whole result every trigger, in the order of first coming; a changed row keeps its place", () => {
    const encoder = encoderOf({ key: [0] });
    expect(trigger(encoder, [[row(2, "b"), row(1, "a"), row(null, "n")]])).toEqual([
      row(2, "b"),
      row(1, "a"),
      row(null, "n"),
    ]);
    expect(trigger(encoder, [[row(2, "b")], [-1]], [[row(3, "c"), row(2, "B")]])).toEqual([
      row(2, "B"),
      row(1, "a"),
      row(null, "n"),
      row(3, "c"),
    ]);
    expect(trigger(encoder)).toHaveLength(4);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(2, "B")],
        [-1, -1],
      ]),
    ).toEqual([row(null, "n"), row(3, "c")]);
    expect(trigger(encoder, [[row(1, "z")]])).toEqual([row(null, "n"), row(3, "c"), row(1, "z")]);
  });

  test("without a key equal rows are counted, and come out that often", () => {
    const encoder = encoderOf();
    expect(
      trigger(encoder, [
        [row(1, "a"), row(2, "b")],
        [2, 1],
      ]),
    ).toEqual([row(1, "a"), row(1, "a"), row(2, "b")]);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(2, "b")],
        [-1, 1],
      ]),
    ).toEqual([row(1, "a"), row(2, "b"), row(2, "b")]);
    expect(
      trigger(encoder, [
        [row(1, "a"), row(2, "b")],
        [-1, -2],
      ]),
    ).toEqual([]);
  });

  test("an order is the query's, equal rows in the order of first coming", () => {
    const encoder = encoderOf({ orders: [byValue] });
    expect(trigger(encoder, [[row(1, "a"), row(2, "c"), row(3, null)]])).toEqual([
      row(2, "c"),
      row(1, "a"),
      row(3, null),
    ]);
    expect(trigger(encoder, [[row(4, "b"), row(5, "c")]], [[row(2, "c")], [-1]])).toEqual([
      row(5, "c"),
      row(4, "b"),
      row(1, "a"),
      row(3, null),
    ]);
  });

  test("insert-only rows are kept as they came", () => {
    const encoder = encoderOf({ insertOnly: true });
    trigger(encoder, [[row(1, "a")]]);
    expect(trigger(encoder, [[row(0, "b"), row(1, "a")]])).toEqual([row(1, "a"), row(0, "b"), row(1, "a")]);
  });

  test("many changes of few keys do not pile up", () => {
    const encoder = encoderOf({ key: [0] });
    trigger(encoder, [[row(1, "v0")]]);
    for (let i = 0; i < 6000; i++)
      encoder.emit(chunk(root, [row(1, `v${i}`), row(1, `v${i + 1}`)], { weights: [-1, 1] }));
    expect(told(encoder.finish())).toEqual([row(1, "v6000")]);
    expect(trigger(encoder, [[row(2, "x")]])).toEqual([row(1, "v6000"), row(2, "x")]);
  });
});

describe("law 3: every mode tells of the same result", () => {
  const change = fc.record({ k: fc.integer({ min: 0, max: 3 }), v: fc.constantFrom("a", "b", null) });
  /** Each change sets a key to a value, or (NULL) takes it away. */
  const triggers = fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 });

  test("changelog added up = complete = upserts applied", () => {
    fc.assert(
      fc.property(triggers, (script) => {
        const consolidator = (): Consolidator => new Consolidator(root, options);
        const changelog = new ChangelogEncoder(shapeOf(), consolidator());
        const update = new UpdateEncoder(keyed, root, { codegen: false, consolidator: consolidator() });
        const complete = new CompleteEncoder({
          shape: keyed,
          plain: new PlainRows(root),
          table: new ResultTable(root, [0], { ...options, durable: false }),
          sorter: null,
          consolidator: consolidator(),
        });
        const bag = new CompleteEncoder({
          shape: shapeOf(),
          plain: new PlainRows(root),
          table: new ResultTable(root, null, { ...options, durable: false }),
          sorter: null,
          consolidator: null,
        });
        const state = new Map<number, string>();
        const added = new Map<string, number>();
        const upserted = new Map<bigint, string>();
        for (const changes of script) {
          const rows: Values[] = [];
          const weights: number[] = [];
          const send = (k: number, v: string, weight: number): void => {
            rows.push(row(k, v));
            weights.push(weight);
          };
          for (const { k, v } of changes) {
            const old = state.get(k);
            if (old !== undefined) send(k, old, -1);
            if (v === null) state.delete(k);
            else state.set(k, v);
            if (v !== null) send(k, v, 1);
          }
          const parts: [Values[], number[]][] = rows.length === 0 ? [] : [[rows, weights]];
          const wanted = [...state].map(([k, v]) => `${k}${v}`).sort();
          const log = trigger(changelog, ...parts);
          for (const { k, v, w } of log) added.set(`${k}${v}`, (added.get(`${k}${v}`) ?? 0) + Number(w));
          expect(log.every(({ w }) => w !== 0)).toBe(true);
          expect(
            [...added]
              .filter(([, weight]) => weight > 0)
              .map(([text]) => text)
              .sort(),
          ).toEqual(wanted);
          for (const { k, v, op } of trigger(update, ...parts)) {
            if (op === 1) expect(upserted.delete(k as bigint)).toBe(true);
            else {
              expect(upserted.get(k as bigint)).not.toBe(v);
              upserted.set(k as bigint, v as string);
            }
          }
          expect([...upserted].map(([k, v]) => `${k}${v}`).sort()).toEqual(wanted);
          for (const encoder of [complete, bag])
            expect(
              trigger(encoder, ...parts)
                .map(({ k, v }) => `${k}${v}`)
                .sort(),
            ).toEqual(wanted);
        }
      }),
    );
  });
});
