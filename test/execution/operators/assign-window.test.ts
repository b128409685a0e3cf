import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assignWindow } from "../../../src/execution/operators/assign-window.js";
import type { AnalysedNode, AnalysedWindow, WindowShape } from "../../../src/plan/analysed-node.js";
import { int64, struct, timestamp } from "../../../src/types/type-constructors.js";
import { chunk, columnRef, dependencies, Probe, rowsOf, schemaOf } from "../fixtures.js";

const input = schemaOf({ at: timestamp(), id: int64() });
const windowType = struct({ start: timestamp(), end: timestamp() });
const below = { kind: "scan", schema: input } as AnalysedNode;

function nodeOf(shape: Partial<WindowShape>): AnalysedWindow {
  return {
    kind: "window",
    input: below,
    time: columnRef(input, "at"),
    shape: { size: 10n, slide: 10n, offset: 0n, calendar: null, ...shape },
    schema: { fields: [...input.fields, { name: "window", type: windowType, nullable: false }] },
  };
}

type Row = { at: bigint | null; id: bigint };

function assigned(node: AnalysedWindow, rows: readonly Row[], extra: Parameters<typeof chunk>[2] = {}) {
  const probe = new Probe();
  assignWindow(node, dependencies(probe)).process(0, chunk(input, rows, extra));
  return probe;
}

/** The windows that hold a time, by trying all of them. */
function windowsOf(time: bigint, { size, slide, offset }: WindowShape): { start: bigint; end: bigint }[] {
  const found: { start: bigint; end: bigint }[] = [];
  let start = offset + (time / slide) * slide - 3n * size - 3n * slide;
  start = offset + ((start - offset) / slide) * slide;
  for (; start <= time; start += slide) if (time < start + size) found.push({ start, end: start + size });
  return found;
}

const WIDE = 2n ** 60n;
const times = fc.oneof(
  fc.bigInt(-1000n, 1000n),
  fc.bigInt(-(2n ** 52n), 2n ** 52n),
  fc.constantFrom(WIDE, -WIDE, WIDE + 7n),
  fc.constant(null),
);

describe("window", () => {
  test("every row comes out once for every window that holds its time; rows without a time never", () => {
    const shapes = fc.record({ size: fc.bigInt(1n, 25n), slide: fc.bigInt(1n, 25n), offset: fc.bigInt(-3n, 3n) });
    fc.assert(
      fc.property(
        fc.array(times, { maxLength: 20 }),
        shapes,
        fc.boolean(),
        (given, { size, slide, offset }, isTumbling) => {
          const wide = size + slide;
          const node = nodeOf({ size: wide, slide: isTumbling ? wide : slide, offset });
          const rows = given.map((at, i) => ({ at, id: BigInt(i) }));
          const wanted = rows.flatMap((row) =>
            row.at === null ? [] : windowsOf(row.at, node.shape).map((window) => ({ ...row, window, w: 1 })),
          );
          expect(assigned(node, rows).take()).toEqual(wanted);
        },
      ),
    );
  });

  test("windows of hours are exact for all times of this era", () => {
    const hour = 3_600_000_000n;
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 51n), 2n ** 51n), fc.constantFrom(-1n, 0n, 1n), (n, shift) => {
        const at = (n / hour) * hour + shift;
        const [{ window }] = assigned(nodeOf({ size: hour, slide: hour }), [{ at, id: 0n }]).take() as [
          { window: { start: bigint; end: bigint } },
        ];
        expect(window.start <= at && at < window.end).toBe(true);
        expect(((window.start % hour) + hour) % hour).toBe(0n);
      }),
    );
  });

  test("selection, weights, partition and row bounds come along", () => {
    const rows = [1n, 11n, null, 12n].map((at, i) => ({ at, id: BigInt(i) }));
    const rowBounds = { watermarkId: 0, bounds: BigInt64Array.of(1n, 2n, 3n, 4n) };
    const extra = { sel: Int32Array.of(1, 2, 3), weights: [1, -2, 1, 3], partition: "p", rowBounds };
    const [tumbled] = assigned(nodeOf({}), rows, extra).chunks;
    expect(rowsOf(tumbled, { weighted: true })).toMatchObject([
      { id: 1n, w: -2 },
      { id: 3n, w: 3 },
    ]);
    expect(tumbled.partition).toBe("p");
    const [slid] = assigned(nodeOf({ slide: 5n }), rows, extra).chunks;
    expect(rowsOf(slid, { weighted: true })).toMatchObject([
      { id: 1n, w: -2 },
      { id: 1n, w: -2 },
      { id: 3n, w: 3 },
      { id: 3n, w: 3 },
    ]);
    expect([...(slid.rowBounds?.bounds ?? [])]).toEqual([2n, 2n, 4n, 4n]);
  });

  test("many windows a row are cut into chunks", () => {
    const probe = assigned(nodeOf({ size: 40_000n, slide: 1n }), [{ at: 5n, id: 0n }]);
    expect(probe.chunks.map(({ length }) => length)).toEqual([16_384, 16_384, 7232]);
    const starts = probe.take().map(({ window }) => (window as { start: bigint }).start);
    expect([starts[0], starts[39_999]]).toEqual([-39_994n, 5n]);
    expect(new Set(starts).size).toBe(40_000);
  });

  test("calendar windows are cut at local midnight, over the change of the clocks", () => {
    const node = nodeOf({ size: 0n, slide: 0n, calendar: { unit: "day", count: 1, zone: "Europe/Berlin" } });
    const micros = (month: number, day: number, hour: number): bigint =>
      BigInt(Date.UTC(2024, month, day, hour)) * 1000n;
    const rows = [
      { at: micros(2, 31, 12), id: 0n },
      { at: null, id: 1n },
      { at: micros(2, 30, 22), id: 2n },
    ];
    expect(assigned(node, rows).take()).toMatchObject([
      { id: 0n, window: { start: micros(2, 30, 23), end: micros(2, 31, 22) } },
      { id: 2n, window: { start: micros(2, 29, 23), end: micros(2, 30, 23) } },
    ]);
  });
});
