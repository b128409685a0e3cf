import * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessage } from "../../src/columnar/arrow-ipc-message.js";
import { readIpcStream } from "../../src/columnar/arrow-ipc-stream.js";
import type { Column } from "../../src/columnar/column.js";
import { type ArrowRows, fromArrow } from "../../src/columnar/from-arrow.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { MillraceError } from "../../src/common/millrace-error.js";
import { anyArrowBatches, streamOf } from "./arbitrary-arrow.js";

type Outcome = ArrowRows | { readonly code: string };

function outcomeOf(read: () => ArrowRows): Outcome {
  try {
    return read();
  } catch (error) {
    if (error instanceof MillraceError) return { code: error.code };
    throw error;
  }
}

/** What comes of the same bytes through apache-arrow's own reader. */
function throughArrow(bytes: Uint8Array): Outcome {
  return outcomeOf(() => fromArrow(arrow.tableFromIPC(bytes.slice())));
}

const valuesOf = (column: Column): unknown[] => Array.from({ length: column.length }, (_, row) => valueAt(column, row));

/** The bytes behind `shift` others, so that nothing in them is aligned as the format wants it. */
function shifted(bytes: Uint8Array, shift: number): Buffer {
  const memory = new ArrayBuffer(bytes.length + shift);
  new Uint8Array(memory).set(bytes, shift);
  return Buffer.from(memory, shift);
}

function setInt32(bytes: Uint8Array, at: number, value: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setInt32(at, value, true);
}

function tableOf(data: arrow.Data): arrow.Table {
  return new arrow.Table({ v: new arrow.Vector([data]) });
}

const int32s = (values: readonly number[]): Uint8Array =>
  arrow.tableToIPC(tableOf(arrow.makeData({ type: new arrow.Int32(), data: Int32Array.from(values) })));

/** Where each message of a stream begins, and the end of the last. */
function messageStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let message = readMessage(view, 0); message !== null; message = readMessage(view, message.bodyEnd))
    starts.push(message.bodyEnd);
  return starts;
}

describe("Arrow IPC streams", () => {
  it("read as through apache-arrow's own reader: every type, NULLs, slices, batches, dictionaries, any alignment", () => {
    fc.assert(
      fc.property(anyArrowBatches, fc.nat({ max: 8 }), (batches, shift) => {
        const bytes = streamOf(batches);
        const expected = throughArrow(bytes);
        if ("chunks" in expected) expect(readIpcStream(bytes)).not.toBeNull();
        expect(outcomeOf(() => fromArrow(shifted(bytes, shift)))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("without a batch are one chunk without rows", () => {
    const of = new arrow.Schema([new arrow.Field("a", new arrow.List(new arrow.Field("item", new arrow.Utf8())))]);
    const { schema, chunks } = fromArrow(arrow.tableToIPC(new arrow.Table(of)));
    expect(schema.fields.map(({ name }) => name)).toEqual(["a"]);
    expect(chunks.map((chunk) => [chunk.length, chunk.columns.length])).toEqual([[0, 1]]);
  });

  it("may lack the continuation marks, as before Arrow 0.15, and the mark of the end", () => {
    const bytes = int32s([1, 2, 3]);
    const starts = messageStarts(bytes);
    const old = starts.slice(0, -1).map((start, i) => bytes.subarray(start + 4, starts[i + 1]));
    for (const given of [Uint8Array.from(old.flatMap((message) => [...message])), bytes.subarray(0, starts.at(-1))]) {
      expect(fromArrow(given).chunks.flatMap((chunk) => valuesOf(chunk.columns[0]))).toEqual([1, 2, 3]);
    }
  });

  it("share their schema while it stays the same, byte for byte", () => {
    const other = arrow.tableToIPC(tableOf(arrow.makeData({ type: new arrow.Float64(), data: Float64Array.of(1) })));
    const { schema } = fromArrow(int32s([1]));
    expect(fromArrow(int32s([2, 3])).schema).toBe(schema);
    expect(fromArrow(other).schema).not.toEqual(schema);
    expect(fromArrow(int32s([4])).schema).toBe(schema);
  });

  it("are not copied where they are aligned", () => {
    const bytes = int32s([1, 2, 3]);
    const [column] = fromArrow(bytes).chunks[0].columns;
    expect(column.layout === "int32" && column.values.buffer).toBe(bytes.buffer);
  });

  it("go through apache-arrow's reader where their bodies are compressed", () => {
    const magic = [0x28, 0xb5, 0x2f, 0xfd];
    const codec = {
      encode: (data: Uint8Array) => Uint8Array.of(...magic, ...data),
      decode: (data: Uint8Array) => data.slice(magic.length),
    };
    arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, codec);
    const table = tableOf(arrow.vectorFromArray(["a", null, "bc"], new arrow.Utf8()).data[0]);
    const bytes = arrow.tableToIPC(table, "stream", arrow.CompressionType.ZSTD);
    expect(valuesOf(fromArrow(bytes).chunks[0].columns[0])).toEqual(["a", null, "bc"]);
  });
});

describe("broken Arrow IPC streams", () => {
  const corrupt = /^ARROW_CORRUPT/;

  /** Every value of every chunk: reads whatever a broken place could lead to. */
  function readThrough(bytes: Uint8Array): void {
    const outcome = outcomeOf(() => fromArrow(bytes));
    if ("code" in outcome) return;
    for (const { columns, length } of outcome.chunks)
      for (const column of columns) {
        expect(column.length).toBe(length);
        if (length < 10_000) valuesOf(column);
      }
  }

  it("end in rows or in an error of ours, wherever they are cut off", () => {
    fc.assert(
      fc.property(anyArrowBatches, fc.double({ min: 0, max: 1, noNaN: true }), (batches, part) => {
        const bytes = streamOf(batches);
        readThrough(bytes.slice(0, Math.floor(bytes.length * part)));
      }),
      { numRuns: 150 },
    );
  });

  const anyFlip = fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat({ max: 255 })));

  it("end in rows or in an error of ours, whichever bytes are wrong", () => {
    fc.assert(
      fc.property(anyArrowBatches, fc.array(anyFlip, { minLength: 1, maxLength: 4 }), (batches, flips) => {
        const bytes = streamOf(batches).slice();
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        readThrough(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it("end in rows or in an error of ours, whichever 32 bits of their metadata are wrong", () => {
    const values = [0, 1, -1, 0x7fff_ffff, -0x8000_0000, 0x4000_0000, 8];
    const bytes = arrow.tableToIPC(
      new arrow.Table({
        a: arrow.vectorFromArray(["x", null, "y"], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
        b: arrow.vectorFromArray([[1], null, []], new arrow.List(new arrow.Field("item", new arrow.Int32()))),
      }),
    );
    for (let at = 0; at + 4 <= bytes.length; at += 4) {
      for (const value of values) {
        const broken = bytes.slice();
        setInt32(broken, at, value);
        readThrough(broken);
      }
    }
  });

  it("are refused where a batch lacks values that it counts", () => {
    const bytes = int32s([1, 2, 3]);
    const [, batch] = messageStarts(bytes);
    expect(() => fromArrow(bytes.subarray(0, bytes.length - 12))).toThrow(corrupt);
    expect(() => fromArrow(bytes.subarray(0, batch + 20))).toThrow(corrupt);
    expect(() => fromArrow(bytes.subarray(batch))).toThrow(corrupt);
  });

  it("are refused where rows point into a dictionary that never came", () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const bytes = arrow.tableToIPC(new arrow.Table({ v: arrow.vectorFromArray(["a", "b"], type) }));
    const [, dictionary, batch] = messageStarts(bytes);
    const without = Uint8Array.from([...bytes.subarray(0, dictionary), ...bytes.subarray(batch)]);
    expect(() => fromArrow(without)).toThrow(corrupt);
  });

  it("are refused where offsets only seem to ascend, because their differences do not fit 32 bits", () => {
    const valueOffsets = Int32Array.of(1, -0x8000_0000, -1, 5);
    const data = arrow.makeData({ type: new arrow.Utf8(), length: 3, valueOffsets, data: new Uint8Array(8) });
    expect(() => fromArrow(tableOf(data))).toThrow(corrupt);
  });

  it("are refused where an index is in range only when cut to 32 bits", () => {
    const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int64() as unknown as arrow.Int32);
    const dictionary = arrow.vectorFromArray(["a"], new arrow.Utf8());
    const data = BigInt64Array.of(0n, 2n ** 32n) as unknown as Int32Array;
    const indices = arrow.makeData({ type, length: 2, data, dictionary });
    expect(() => fromArrow(tableOf(indices))).toThrow(corrupt);
  });
});
