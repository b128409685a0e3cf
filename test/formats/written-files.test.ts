import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Chunk } from "../../src/columnar/chunk.js";
import { chunkOf } from "../../src/columnar/chunk-of.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { valueAt } from "../../src/columnar/value-at.js";
import { arrowFile } from "../../src/formats/arrow-file.js";
import type { FileFormat } from "../../src/formats/file-format.js";
import { jsonLines } from "../../src/formats/json-lines.js";
import { nullableSchema } from "../../src/formats/nullable-schema.js";
import { parquetReader } from "../../src/formats/parquet-reader.js";
import { type WritableFormatName, writableFormatOf } from "../../src/formats/writable-format-of.js";
import type { DataType, Schema } from "../../src/types/data-type.js";
import { int64, schemaOf, struct, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { anyGuise, anyType, anyValue, inGuise } from "../columnar/arbitrary-column.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { collect } from "../fakes/rows-of.js";

const READERS: Record<"json" | "parquet" | "arrow", FileFormat> = {
  json: jsonLines(),
  parquet: parquetReader,
  arrow: arrowFile,
};

async function written(name: WritableFormatName, schema: Schema, chunks: readonly Chunk[]): Promise<Uint8Array> {
  const encode = await writableFormatOf(name).encoderFor(schema);
  return new Uint8Array(Buffer.concat([...encode(chunks)]));
}

async function readBack(name: keyof typeof READERS, bytes: Uint8Array, schema: Schema): Promise<Chunk[]> {
  const files = new FakeFileSystem();
  files.put("file", bytes);
  const file = { path: "file", size: bytes.length, modified: 0, isDirectory: false };
  const signal = new AbortController().signal;
  return collect(READERS[name].read({ files, file, schema, signal, onMalformed: (count) => expect(count).toBe(0) }));
}

function valuesOf(chunks: readonly Chunk[]): unknown[][] {
  return chunks.flatMap((chunk) =>
    Array.from({ length: chunk.length }, (_, row) => chunk.columns.map((column) => valueAt(column, row))),
  );
}

/** Rows of any carried types, in pieces, each column in a layout of its own. */
const anyRows = fc.array(anyType, { minLength: 1, maxLength: 3 }).chain((types) => {
  const piece = fc.nat({ max: 12 }).chain((length) => fc.tuple(...types.map((type) => anyColumnOf(type, length))));
  return fc.array(piece, { maxLength: 3 }).map((pieces) => {
    const schema = nullableSchema({ fields: types.map((type, i) => ({ name: `c${i}`, type, nullable: true })) });
    const chunks = pieces.map((columns) => chunkOf(schema, columns, columns[0]?.length ?? 0));
    return { schema, chunks };
  });
});

function anyColumnOf(type: DataType, length: number) {
  const values = fc.array(anyValue(type), { minLength: length, maxLength: length });
  return fc.tuple(values, anyGuise).map(([drawn, guise]) => inGuise(type, drawn, guise));
}

/** ISO text of four-digit years is what the JSON reader knows. */
const FIRST_DAY = -719_162;
const LAST_DAY = 2_932_896;

function clamped(value: unknown, type: DataType): unknown {
  if (value === null) return null;
  if (type.kind === "date") return Math.max(FIRST_DAY, Math.min(LAST_DAY, value as number));
  if (type.kind === "timestamp") return BigInt.asIntN(56, value as bigint);
  if (type.kind === "list") return (value as unknown[]).map((element) => clamped(element, type.element));
  if (type.kind !== "struct") return value;
  const members = value as Record<string, unknown>;
  return Object.fromEntries(type.fields.map((field) => [field.name, clamped(members[field.name], field.type)]));
}

function inJsonRange({ schema, chunks }: { schema: Schema; chunks: readonly Chunk[] }): readonly Chunk[] {
  return chunks.map((chunk) => {
    const columns = schema.fields.map(({ type }, i) => {
      const values = Array.from({ length: chunk.length }, (_, row) => clamped(valueAt(chunk.columns[i], row), type));
      return inGuise(type, values, "plain");
    });
    return chunkOf(schema, columns, chunk.length);
  });
}

describe("files that were written read back equal", () => {
  it("parquet", async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async ({ schema, chunks }) => {
        const bytes = await written("parquet", schema, chunks);
        expect(valuesOf(await readBack("parquet", bytes, schema))).toEqual(valuesOf(chunks));
      }),
      { numRuns: 100 },
    );
  });

  it("arrow", async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async ({ schema, chunks }) => {
        const bytes = await written("arrow", schema, chunks);
        expect(valuesOf(await readBack("arrow", bytes, schema))).toEqual(valuesOf(chunks));
        expect(tableFromIPC(bytes).numRows).toBe(valuesOf(chunks).length);
      }),
      { numRuns: 100 },
    );
  });

  it("json lines", async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async ({ schema, chunks: drawn }) => {
        const chunks = inJsonRange({ schema, chunks: drawn });
        const bytes = await written("json", schema, chunks);
        expect(valuesOf(await readBack("json", bytes, schema))).toEqual(valuesOf(chunks));
      }),
      { numRuns: 100 },
    );
  });
});

describe("text", () => {
  const schema = schemaOf({ line: utf8() });

  it("writes a line per row, an empty one for NULL", async () => {
    const chunk = chunkFromObjects(schema, [{ line: "a b" }, { line: null }, { line: "ä" }]);
    const bytes = await written("text", schema, [chunk, chunkFromObjects(schema, [{ line: null }])]);
    expect(new TextDecoder().decode(bytes)).toBe("a b\n\nä\n\n");
  });

  it("writes dictionaries and slices", async () => {
    for (const guise of ["plain", "slice", "concat", "dictionary"] as const) {
      const column = inGuise(utf8(), ["x", null, "longer"], guise);
      const bytes = await written("text", schema, [chunkOf(schema, [column], 3)]);
      expect(new TextDecoder().decode(bytes)).toBe("x\n\nlonger\n");
    }
  });

  it("refuses everything but one column of text", async () => {
    const window = struct({ start: timestamp(), end: timestamp() });
    for (const wrong of [schemaOf({ a: utf8(), b: utf8() }), schemaOf({ n: int64() }), schemaOf({ window })]) {
      await expect(writableFormatOf("text").encoderFor(wrong)).rejects.toMatchObject({ code: "TEXT_ONE_COLUMN" });
    }
  });
});

describe("window structs", () => {
  const schema = schemaOf({ window: struct({ start: timestamp(), end: timestamp() }), n: int64() });
  const chunk = chunkFromObjects(schema, [
    { window: { start: new Date("2024-01-01T00:00:00Z"), end: new Date("2024-01-01T00:05:00Z") }, n: 3 },
  ]);

  it("stay nested in json, arrow and parquet", async () => {
    for (const name of ["json", "arrow", "parquet"] as const) {
      const bytes = await written(name, schema, [chunk]);
      expect(valuesOf(await readBack(name, bytes, nullableSchema(schema)))).toEqual(valuesOf([chunk]));
    }
    expect(new TextDecoder().decode(await written("json", schema, [chunk]))).toBe(
      '{"window":{"start":"2024-01-01T00:00:00.000Z","end":"2024-01-01T00:05:00.000Z"},"n":3}\n',
    );
  });
});

describe("kinds that a format does not hold", () => {
  it("are refused before there are rows, naming the column", async () => {
    const nothing = schemaOf({ hole: { kind: "null" } });
    const empty = schemaOf({ empty: { kind: "struct", fields: [] } });
    for (const schema of [nothing, empty]) {
      await expect(writableFormatOf("parquet").encoderFor(schema)).rejects.toThrow(
        /TYPE_NOT_SUPPORTED.*'(hole|empty)'/,
      );
    }
  });
});

describe("parquet without its package", () => {
  afterEach(() => {
    vi.doUnmock("hyparquet-writer");
    vi.resetModules();
  });

  it("names the package to install", async () => {
    vi.doMock("hyparquet-writer", () => {
      throw new Error("Cannot find package 'hyparquet-writer'");
    });
    vi.resetModules();
    const { parquetWriter } = await import("../../src/formats/parquet-writer.js");
    await expect(parquetWriter.encoderFor(schemaOf({ n: int64() }))).rejects.toThrow(
      /PACKAGE_MISSING.*'hyparquet-writer'.*npm install hyparquet-writer/,
    );
  });
});
