import { createRequire } from "node:module";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHUNK_ROWS, type Chunk, MAX_CHUNK_ROWS } from "../../src/columnar/chunk.js";
import { chunkOf, splitChunk } from "../../src/columnar/chunk-of.js";
import { concatChunks } from "../../src/columnar/concat.js";
import { fromArrow } from "../../src/columnar/from-arrow.js";
import { sliceChunk } from "../../src/columnar/slice.js";
import { toArrowBatch, toArrowTable, toIpc } from "../../src/columnar/to-arrow.js";
import { valueAt } from "../../src/columnar/value-at.js";
import type { Schema } from "../../src/types/data-type.js";
import { formatSchema } from "../../src/types/format-type.js";
import { field, int32, schema } from "../../src/types/type-constructors.js";
import { anyGuise, anyType, anyValue, columnOf, inGuise } from "./arbitrary-column.js";

const valuesOf = (chunks: readonly Chunk[], i = 0): unknown[] =>
  chunks.flatMap((chunk) => {
    const rows = chunk.sel ?? Int32Array.from({ length: chunk.length }, (_, row) => row);
    return [...rows].map((row) => valueAt(chunk.columns[i], row));
  });

const tableOf = (vector: arrow.Vector): arrow.Table => new arrow.Table({ v: vector });

/** Every way to hand the same Arrow data in: whole, cut inside a byte of its bitmaps, in chunks, through bytes. */
function expectValues(table: arrow.Table, expected: readonly unknown[]): void {
  expect(valuesOf(fromArrow(table).chunks)).toEqual(expected);
  expect(valuesOf(fromArrow(table.slice(1, expected.length)).chunks)).toEqual(expected.slice(1));
  expect(valuesOf(fromArrow(table.slice(3, 5)).chunks)).toEqual(expected.slice(3, 5));
  expect(valuesOf(fromArrow(table.slice(3, 3)).chunks)).toEqual([]);
  expect(valuesOf(fromArrow(table.concat(table.slice(2, 4))).chunks)).toEqual([...expected, ...expected.slice(2, 4)]);
  expect(valuesOf(fromArrow(arrow.tableToIPC(table, "stream")).chunks)).toEqual(expected);
  expect(valuesOf(fromArrow(arrow.tableToIPC(table, "file")).chunks)).toEqual(expected);
  expect(valuesOf(fromArrow(table.batches[0]).chunks)).toEqual(expected);
  expect(valuesOf(fromArrow(table.batches).chunks)).toEqual(expected);
  expect(valuesOf(fromArrow(table.getChildAt(0)).chunks)).toEqual(expected);
}

describe("reading Arrow", () => {
  it.each<[string, arrow.DataType, readonly unknown[]]>([
    ["Bool", new arrow.Bool(), [true, false, null, true, true, null, false, false, true, true]],
    ["Int32", new arrow.Int32(), [1, null, -3, 4, 5, 2147483647, null]],
    ["Int64", new arrow.Int64(), [1n, null, -3n, 2n ** 63n - 1n, -(2n ** 63n), 6n]],
    ["Float64", new arrow.Float64(), [1.5, null, Number.NaN, -0, Infinity, 6]],
    ["Utf8", new arrow.Utf8(), ["a", null, "", "äöü", "\u{1f600}", "longer than eight bytes"]],
    [
      "Binary",
      new arrow.Binary(),
      [Uint8Array.of(1), null, Uint8Array.of(), Uint8Array.of(255, 0), Uint8Array.of(5), Uint8Array.of(6)],
    ],
    ["DateDay", new arrow.DateDay(), [0, null, -1, 19000, 5, 6]],
    ["List", new arrow.List(new arrow.Field("item", new arrow.Int32())), [[1, null], null, [], [2, 3], [4], [5, 6, 7]]],
    [
      "List of List",
      new arrow.List(new arrow.Field("item", new arrow.List(new arrow.Field("item", new arrow.Utf8())))),
      [[["a"], null], null, [[]], [["b", "c"]], [[], ["d"]], []],
    ],
    ["Dictionary", new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()), ["a", "b", null, "a", "b", "c", "a"]],
    [
      "Dictionary by bytes",
      new arrow.Dictionary(new arrow.Utf8(), new arrow.Uint8()),
      ["a", "b", null, "a", "b", "c", "a"],
    ],
  ])("%s: whole, sliced, chunked, as bytes", (_, type, values) => {
    const given =
      type.typeId === arrow.Type.Date
        ? values.map((day) => (day === null ? null : new Date((day as number) * 86_400_000)))
        : values;
    expectValues(tableOf(arrow.vectorFromArray(given, type)), values);
  });

  it("Struct: whole, sliced, chunked, as bytes", () => {
    const type = new arrow.Struct([new arrow.Field("a", new arrow.Int32()), new arrow.Field("s", new arrow.Utf8())]);
    const values = [{ a: 1, s: "x" }, null, { a: null, s: "y" }, { a: 4, s: null }, { a: 5, s: "" }, { a: 6, s: "z" }];
    expectValues(tableOf(arrow.vectorFromArray(values, type)), values);
  });

  it("List of Struct: sliced", () => {
    const struct = new arrow.Struct([new arrow.Field("a", new arrow.Int32())]);
    const values = [[{ a: 1 }], [], [{ a: 2 }, null, { a: null }], null, [{ a: 3 }], [{ a: 4 }, { a: 5 }]];
    expectValues(tableOf(arrow.vectorFromArray(values, new arrow.List(new arrow.Field("item", struct)))), values);
  });

  const micros = [0n, null, 1_577_836_800_000_000n, -62_135_596_800_000_000n, 9_223_372_036_854_000_000n, -1_000_000n];
  it.each<[string, arrow.Timestamp, bigint]>([
    ["second", new arrow.TimestampSecond("UTC"), 1_000_000n],
    ["millisecond", new arrow.TimestampMillisecond("UTC"), 1_000n],
    ["microsecond", new arrow.TimestampMicrosecond("UTC"), 1n],
  ])("timestamps by the %s", (_, type, unit) => {
    const values = micros.map((value) => (value === null ? null : (value / unit) * unit));
    const raw = BigInt64Array.from(values.map((value) => (value ?? 0n) / unit));
    const nullBitmap = Uint8Array.of(0b111101);
    const data = arrow.makeData({ type, length: 6, nullCount: 1, nullBitmap, data: raw });
    expectValues(tableOf(new arrow.Vector([data])), values);
  });

  it("timestamps by the nanosecond: what is below a microsecond is cut off downwards, before 1970 too", () => {
    const data = arrow.makeData({
      type: new arrow.TimestampNanosecond("UTC"),
      data: BigInt64Array.of(1_999n, -1n, -1_000n, -1_001n, 0n, 5n),
    });
    expectValues(tableOf(new arrow.Vector([data])), [1n, -1n, -1n, -2n, 0n, 0n]);
  });

  it("refuses timestamps that microseconds cannot hold, unless they are NULL", () => {
    const type = new arrow.TimestampSecond();
    const far = BigInt64Array.of(0n, 2n ** 62n);
    expect(() => fromArrow(tableOf(new arrow.Vector([arrow.makeData({ type, data: far })])))).toThrow(
      /^TIMESTAMP_RANGE: Row 1 of column 'v'/,
    );
    const nulled = arrow.makeData({ type, data: far, nullBitmap: Uint8Array.of(0b01) });
    expect(valuesOf(fromArrow(tableOf(new arrow.Vector([nulled]))).chunks)).toEqual([0n, null]);
  });

  it("dates by the millisecond become the day they fall in", () => {
    const data = arrow.makeData({
      type: new arrow.DateMillisecond(),
      data: BigInt64Array.of(0n, 86_400_000n, -1n, 86_399_999n, -86_400_000n, 5n),
    });
    expectValues(tableOf(new arrow.Vector([data])), [0, 1, -1, 0, -1, 0]);
  });

  it("keeps zones and nullability in the schema", () => {
    const arrowSchema = new arrow.Schema([
      new arrow.Field("a", new arrow.TimestampMicrosecond("Europe/Berlin"), false),
      new arrow.Field("b", new arrow.TimestampMillisecond(), true),
      new arrow.Field("c", new arrow.TimestampMillisecond("+00:00"), true),
    ]);
    const { schema, chunks } = fromArrow(new arrow.Table(arrowSchema));
    expect(formatSchema(schema)).toBe("a timestamp('Europe/Berlin') not null, b timestamp_ntz, c timestamp");
    expect(chunks.every((chunk) => chunk.length === 0)).toBe(true);
  });

  it("keeps dictionaries, and reads chunks whose dictionaries differ", () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const batch = (words: readonly (string | null)[]): arrow.RecordBatch =>
      new arrow.RecordBatch({ v: arrow.vectorFromArray(words, type).data[0] });
    const { chunks } = fromArrow([batch(["a", "b", "a"]), batch(["c", null, "a"]), batch([])]);
    expect(chunks.map((chunk) => chunk.columns[0].layout).slice(0, 2)).toEqual(["dictionary", "dictionary"]);
    expect(valuesOf(chunks)).toEqual(["a", "b", "a", "c", null, "a"]);
    expect(valuesOf([concatChunks(chunks)])).toEqual(["a", "b", "a", "c", null, "a"]);
  });

  it("shares one dictionary among the batches of a table", () => {
    const vector = arrow.vectorFromArray(
      ["a", "b", "a", "b"],
      new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
    );
    const { chunks } = fromArrow(tableOf(vector).slice(0, 2).concat(tableOf(vector).slice(2, 4)));
    const dictionaries = chunks.map(({ columns: [column] }) =>
      column.layout === "dictionary" ? column.dictionary : null,
    );
    expect(dictionaries).toHaveLength(2);
    expect(dictionaries[0]).toBe(dictionaries[1]);
  });

  it("takes a row that points at a NULL of the dictionary for NULL", () => {
    const dictionary = arrow.vectorFromArray(["a", null], new arrow.Utf8());
    const data = arrow.makeData({
      type: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
      data: Int32Array.of(0, 1, 0),
      dictionary,
    });
    expect(valuesOf(fromArrow(tableOf(new arrow.Vector([data]))).chunks)).toEqual(["a", null, "a"]);
  });

  it("refuses indices and offsets that point nowhere", () => {
    const dictionary = arrow.vectorFromArray(["a"], new arrow.Utf8());
    const index = arrow.makeData({
      type: new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
      data: Int32Array.of(0, 7),
      dictionary,
    });
    expect(() => fromArrow(tableOf(new arrow.Vector([index])))).toThrow(/^ARROW_CORRUPT: Column 'v'/);
    const text = arrow.makeData({
      type: new arrow.Utf8(),
      valueOffsets: Int32Array.of(0, 99),
      data: new Uint8Array(3),
    });
    expect(() => fromArrow(tableOf(new arrow.Vector([text])))).toThrow(/^ARROW_CORRUPT: Column 'v'/);
  });

  it.each<[arrow.DataType, string]>([
    [new arrow.Int8(), "Int8"],
    [new arrow.Uint32(), "Uint32"],
    [new arrow.Float32(), "Float32"],
    [new arrow.Decimal(2, 10), "Decimal"],
    [new arrow.TimeMillisecond(), "Time32"],
    [new arrow.LargeUtf8(), "LargeUtf8"],
    [new arrow.Null(), "Null"],
    [new arrow.FixedSizeBinary(4), "FixedSizeBinary"],
    [
      new arrow.Map_(
        new arrow.Field(
          "entries",
          new arrow.Struct<{ key: arrow.Utf8; value: arrow.Int32 }>([
            new arrow.Field("key", new arrow.Utf8(), false),
            new arrow.Field("value", new arrow.Int32()),
          ] as never),
          false,
        ),
      ),
      "Map",
    ],
    [new arrow.Dictionary(new arrow.Int32(), new arrow.Int32()), "Dictionary"],
    [new arrow.List(new arrow.Field("item", new arrow.Int16())), "Int16"],
  ])("refuses %s by column and type", (type, name) => {
    const table = new arrow.Table(
      new arrow.Schema([new arrow.Field("ok", new arrow.Int32()), new arrow.Field("bad", type)]),
    );
    expect(() => fromArrow(table)).toThrow(
      new RegExp(`^TYPE_NOT_SUPPORTED: Column 'bad(\\.element)?' has the Arrow type ${name}`),
    );
  });

  it.each([[1], ["text"], [null], [{}], [{ schema: 1 }], [[{ a: 1 }]]])(
    "refuses %j, which is no Arrow data",
    (input) => {
      expect(() => fromArrow(input)).toThrow(/^ARROW_NOT_UNDERSTOOD/);
    },
  );

  it("refuses bytes that are no IPC", () => {
    expect(() => fromArrow(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9))).toThrow(/^ARROW_CORRUPT/);
  });

  it("knows tables of a second copy of the library", () => {
    const copy = createRequire(import.meta.url)("apache-arrow") as typeof arrow;
    expect(copy.Table).not.toBe(arrow.Table);
    const table = new copy.Table({
      a: copy.vectorFromArray([1, null, 3], new copy.Int32()),
      b: copy.vectorFromArray(["x", "y", "x"]),
    });
    const { schema, chunks } = fromArrow(table);
    expect(formatSchema(schema)).toBe("a int, b string");
    expect([valuesOf(chunks, 0), valuesOf(chunks, 1)]).toEqual([
      [1, null, 3],
      ["x", "y", "x"],
    ]);
  });

  it("makes plain arrays of Buffers, shared memory and bytes that are not aligned", () => {
    const ipc = arrow.tableToIPC(
      new arrow.Table({
        n: arrow.vectorFromArray([1, 2], new arrow.Float64()),
        s: arrow.vectorFromArray(["a", "b"], new arrow.Utf8()),
      }),
    );
    const shifted = Buffer.from([0, 0, 0, ...ipc]).subarray(3);
    const shared = new Uint8Array(new SharedArrayBuffer(ipc.length));
    shared.set(ipc);
    for (const bytes of [shifted, shared, ipc.slice().buffer]) {
      const { chunks } = fromArrow(bytes);
      expect([valuesOf(chunks, 0), valuesOf(chunks, 1)]).toEqual([
        [1, 2],
        ["a", "b"],
      ]);
      const [n, s] = chunks[0].columns;
      if (n.layout !== "float64" || s.layout !== "bytes") throw new Error("wrong layout");
      for (const array of [n.values, s.bytes, s.offsets]) expect(array.buffer).toBeInstanceOf(ArrayBuffer);
      expect(s.bytes.constructor).toBe(Uint8Array);
    }
  });

  it("copies nothing that it need not", () => {
    const values = Float64Array.of(1, 2, 3);
    const { chunks } = fromArrow(
      tableOf(new arrow.Vector([arrow.makeData({ type: new arrow.Float64(), data: values })])),
    );
    const [column] = chunks[0].columns;
    expect(column.layout === "float64" && column.values.buffer).toBe(values.buffer);
  });

  it("fills a column that is shorter than its batch with NULLs, as Arrow does", () => {
    const long = arrow.vectorFromArray([1, 2, 3], new arrow.Int32()).data[0];
    const short = arrow.vectorFromArray(["a"], new arrow.Utf8()).data[0];
    const { chunks } = fromArrow(new arrow.RecordBatch({ long, short }));
    expect([valuesOf(chunks, 0), valuesOf(chunks, 1)]).toEqual([
      [1, 2, 3],
      ["a", null, null],
    ]);
  });

  it("cuts batches that are longer than a chunk may be", () => {
    const { chunks } = fromArrow(
      tableOf(
        new arrow.Vector([arrow.makeData({ type: new arrow.Int32(), data: new Int32Array(MAX_CHUNK_ROWS + 1) })]),
      ),
    );
    expect(chunks.map((chunk) => chunk.length)).toEqual([CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS, 1]);
  });
});

describe("Arrow and back", () => {
  const anyChunks = fc.array(anyType, { minLength: 1, maxLength: 3 }).chain((types) =>
    fc
      .array(
        fc
          .integer({ min: 0, max: 9 })
          .chain((length) =>
            fc.tuple(
              fc.tuple(
                ...types.map((type) =>
                  fc.tuple(fc.array(anyValue(type), { minLength: length, maxLength: length }), anyGuise),
                ),
              ),
              fc.constant(length),
            ),
          ),
        { maxLength: 3 },
      )
      .map((all) => {
        const of: Schema = schema(types.map((type, i) => field(`c${i}`, type)));
        const chunks = all.map(([columns, length]) =>
          chunkOf(
            of,
            columns.map(([values, guise], i) => inGuise(types[i], values, guise)),
            length,
          ),
        );
        return { schema: of, chunks };
      }),
  );

  it("fromArrow(toArrow(x)) is x, as a table, a batch and bytes, through our reader and apache-arrow's", () => {
    fc.assert(
      fc.property(anyChunks, ({ schema, chunks }) => {
        const columns = schema.fields.map((_, i) => valuesOf(chunks, i));
        const bytes = toIpc(schema, chunks);
        for (const of of [toArrowTable(schema, chunks), bytes, arrow.tableFromIPC(bytes)]) {
          const back = fromArrow(of);
          expect(back.schema).toEqual(schema);
          expect(schema.fields.map((_, i) => valuesOf(back.chunks, i))).toEqual(columns);
        }
        for (const chunk of chunks) {
          const back = fromArrow(toArrowBatch(chunk));
          expect(schema.fields.map((_, i) => valuesOf(back.chunks, i))).toEqual(
            schema.fields.map((_, i) => valuesOf([chunk], i)),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it("writes only the selected rows", () => {
    const chunk = {
      ...chunkOf(schema([field("a", int32())]), [columnOf(int32(), [1, 2, null, 4])], 4),
      sel: Int32Array.of(1, 2),
    };
    expect(
      toArrowBatch(chunk)
        .toArray()
        .map((row) => row?.toJSON()),
    ).toEqual([{ a: 2 }, { a: null }]);
  });

  it("makes record batches like those of Arrow's constructor, which share what their schema became", () => {
    const of = schema([field("a", int32()), field("b", int32())]);
    const chunk = chunkOf(of, [columnOf(int32(), [1, null]), columnOf(int32(), [3, 4])], 2);
    const [batch, second] = [toArrowBatch(chunk), toArrowBatch(chunk)];
    const constructed = new arrow.RecordBatch(batch.schema, batch.data);
    expect(batch).toEqual(constructed);
    expect(Object.keys(batch).sort()).toEqual(Object.keys(constructed).sort());
    expect(batch).toBeInstanceOf(arrow.RecordBatch);
    expect(second.schema).toBe(batch.schema);
    expect(second.metadata).not.toBe(batch.metadata);
  });

  it("keeps a table's schema where it has no rows", () => {
    const of = schema([field("a", int32(), false)]);
    const table = toArrowTable(of, []);
    expect(table.numRows).toBe(0);
    expect(fromArrow(toIpc(of, [])).schema).toEqual(of);
  });

  it("gives bytes of every column where columns are the same memory", () => {
    const column = columnOf(int32(), [1, 2, 3]);
    const of = schema([field("a", int32()), field("b", int32()), field("c", int32())]);
    const { chunks } = fromArrow(toIpc(of, [chunkOf(of, [column, column, column], 3)]));
    expect([0, 1, 2].map((i) => valuesOf(chunks, i))).toEqual([1, 2, 3].map(() => [1, 2, 3]));
  });

  it("gives Arrow values that its own reader agrees with", () => {
    const of = schema([field("a", int32()), field("b", int32())]);
    const whole = chunkOf(of, [columnOf(int32(), [1, null, 3]), columnOf(int32(), [null, 2, 3])], 3);
    const table = toArrowTable(of, splitChunk(whole, 2));
    expect(table.toArray().map((row) => row?.toJSON())).toEqual([
      { a: 1, b: null },
      { a: null, b: 2 },
      { a: 3, b: 3 },
    ]);
    expect(table.getChildAt(0)?.nullCount).toBe(1);
    expect(
      toArrowBatch(sliceChunk(whole, 1, 3))
        .toArray()
        .map((row) => row?.toJSON()),
    ).toEqual([
      { a: null, b: 2 },
      { a: 3, b: 3 },
    ]);
  });
});
