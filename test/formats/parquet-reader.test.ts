import { readFileSync } from "node:fs";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { parquetReader } from "../../src/formats/parquet-reader.js";
import type { Schema } from "../../src/types/data-type.js";
import { formatSchema } from "../../src/types/format-type.js";
import { float64, int64, schemaOf, utf8 } from "../../src/types/type-constructors.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

type Columns = ColumnSource[];
const never = new AbortController().signal;

async function fileOf(bytes: Uint8Array) {
  const files = new FakeFileSystem();
  files.put("a.parquet", bytes);
  const file = await files.stat("a.parquet");
  if (file === null) throw new Error("the file was put there");
  return { files, file };
}

async function read(bytes: Uint8Array, wanted?: Schema): Promise<{ schema: Schema; chunks: Chunk[] }> {
  const { files, file } = await fileOf(bytes);
  const schema = wanted ?? (await parquetReader.inferSchema(files, file));
  const chunks = await collect(parquetReader.read({ files, file, schema, signal: never, onMalformed: () => {} }));
  return { schema, chunks };
}

function write(columnData: Columns, options: object = {}): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, ...options }));
}

const nulls = <T>(values: readonly T[], every = 3): (T | null)[] =>
  values.map((value, i) => (i % every === 1 ? null : value));
const numbers = Array.from({ length: 1000 }, (_, i) => i);

describe("parquet", () => {
  for (const codec of ["UNCOMPRESSED", "SNAPPY"] as const) {
    it(`reads every flat type with and without NULLs (${codec})`, async () => {
      const times = numbers.map((i) => new Date(1_700_000_000_000 + i * 1001));
      const columns: Columns = [
        { name: "b", type: "BOOLEAN", data: nulls(numbers.map((i) => i % 2 === 0)) },
        { name: "i", type: "INT32", data: nulls(numbers.map((i) => i * 7 - 3500)), nullable: true },
        { name: "l", type: "INT64", data: numbers.map((i) => BigInt(i) * -12345678901n), nullable: false },
        { name: "f", type: "FLOAT", data: nulls(numbers.map((i) => i / 4)) },
        { name: "d", type: "DOUBLE", data: numbers.map((i) => i / 3) },
        { name: "s", type: "STRING", data: nulls(numbers.map((i) => `text ${i} é`)), encoding: "PLAIN" },
        { name: "w", type: "STRING", data: nulls(numbers.map((i) => `word ${i % 5}`)) },
        { name: "n", type: "BYTE_ARRAY", data: nulls(numbers.map((i) => Uint8Array.of(i, 255))) },
        { name: "t", type: "TIMESTAMP", data: nulls(times) },
      ];
      const { schema, chunks } = await read(write(columns, { codec, rowGroupSize: 300 }));
      expect(formatSchema(schema)).toBe(
        "b boolean, i int, l bigint, f double, d double, s string, w string, n binary, t timestamp",
      );
      const rows = rowsOf(chunks);
      const expected = numbers.map((i) =>
        Object.fromEntries(
          columns.map(({ name, data }) => [
            name,
            name === "t" ? ((data[i] as Date | null)?.toISOString() ?? null) : data[i],
          ]),
        ),
      );
      expect(rows).toEqual(expected);
    });
  }

  it("keeps dictionaries of text and reads only the columns asked for", async () => {
    const columns: Columns = [
      { name: "w", type: "STRING", data: nulls(numbers.map((i) => `word ${i % 5}`)) },
      { name: "n", type: "INT64", data: numbers.map((i) => BigInt(i % 3)) },
    ];
    const { chunks } = await read(write(columns), schemaOf({ w: utf8() }));
    expect(chunks.map((chunk) => chunk.columns.map((column) => column.layout))).toEqual([["dictionary"]]);
    expect(chunks[0]?.columns[0]?.nullCount).toBe(333);
  });

  it("reads delta and split encodings", async () => {
    const columns: Columns = [
      { name: "i", type: "INT32", data: nulls(numbers), encoding: "DELTA_BINARY_PACKED" },
      { name: "l", type: "INT64", data: numbers.map((i) => BigInt(i) ** 4n), encoding: "DELTA_BINARY_PACKED" },
      { name: "s", type: "STRING", data: nulls(numbers.map((i) => `row ${i}`)), encoding: "DELTA_BYTE_ARRAY" },
      { name: "u", type: "STRING", data: numbers.map((i) => `row ${i}`), encoding: "DELTA_LENGTH_BYTE_ARRAY" },
      { name: "d", type: "DOUBLE", data: nulls(numbers.map((i) => i / 7)), encoding: "BYTE_STREAM_SPLIT" },
    ];
    const { chunks } = await read(write(columns));
    const expected = numbers.map((i) => Object.fromEntries(columns.map(({ name, data }) => [name, data[i]])));
    expect(rowsOf(chunks)).toEqual(expected);
  });

  it("reads lists and structs", async () => {
    const schema = [
      { name: "root", num_children: 2 },
      { name: "l", converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "INT64", repetition_type: "OPTIONAL" },
      { name: "s", repetition_type: "OPTIONAL", num_children: 2 },
      { name: "a", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "b", type: "DOUBLE", repetition_type: "OPTIONAL" },
    ];
    const columns: Columns = [
      { name: "l", data: [[1n, null, 3n], [], null] },
      {
        name: "s",
        data: [
          { a: "x", b: 1.5 },
          { a: null, b: 2 },
          { a: "y", b: null },
        ],
      },
    ];
    const { schema: found, chunks } = await read(write(columns, { schema }));
    expect(formatSchema(found)).toBe("l array<bigint>, s struct<a: string, b: double>");
    expect(rowsOf(chunks)).toEqual([0, 1, 2].map((i) => ({ l: columns[0]?.data[i], s: columns[1]?.data[i] })));
  });

  it("gives NULLs for columns that the file lacks, widens integers, and refuses other types by name", async () => {
    const bytes = write([{ name: "i", type: "INT32", data: [1, -2] }]);
    expect(rowsOf((await read(bytes, schemaOf({ other: utf8(), i: int64() }))).chunks)).toEqual([
      { other: null, i: 1n },
      { other: null, i: -2n },
    ]);
    expect(rowsOf((await read(bytes, schemaOf({ i: float64() }))).chunks)).toEqual([{ i: 1 }, { i: -2 }]);
    await expect(read(bytes, schemaOf({ i: utf8() }))).rejects.toThrow(
      /SCHEMA_MISMATCH.*'i' is int in a.parquet.*string/,
    );
  });

  it("refuses types that are not carried and files that are no parquet", async () => {
    const decimal = [
      { name: "root", num_children: 1 },
      { name: "price", type: "INT64", converted_type: "DECIMAL", scale: 2, precision: 10, repetition_type: "OPTIONAL" },
    ];
    await expect(read(write([{ name: "price", data: [1] }], { schema: decimal }))).rejects.toThrow(
      /TYPE_NOT_SUPPORTED.*'price'.*DECIMAL/,
    );
    await expect(read(new TextEncoder().encode("PAR1 is not enough"))).rejects.toThrow(/NOT_PARQUET.*a.parquet/);
  });

  it("reads a file of polars (zstd, dictionaries without a marked page), in chunks", async () => {
    const path = new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url);
    const { chunks } = await read(new Uint8Array(readFileSync(path)), schemaOf({ origin: utf8(), delay: int64() }));
    expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(3_000_000);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBe(16_384);
    expect(rowsOf(chunks.slice(0, 1))[0]).toEqual({ origin: "LAS", delay: 33n });
  });
});
