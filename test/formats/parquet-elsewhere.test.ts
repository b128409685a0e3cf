import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { parquetWriter } from "../../src/formats/parquet-writer.js";
import {
  binary,
  bool,
  date,
  float64,
  int32,
  int64,
  list,
  schemaOf,
  struct,
  timestamp,
  utf8,
} from "../../src/types/type-constructors.js";

const schema = schemaOf({
  b: bool(),
  i: int32(),
  l: int64(),
  d: float64(),
  s: utf8(),
  n: binary(),
  day: date(),
  at: timestamp(),
  wall: timestamp(null),
  xs: list(utf8()),
  w: struct({ start: timestamp(), end: timestamp() }),
  deep: list(struct({ k: utf8(), v: list(int64()) })),
});

const at = new Date("2024-02-29T12:30:00.123Z");
const full = {
  b: true,
  i: -7,
  l: -(2n ** 63n),
  d: 1.5,
  s: "ä\u{1f600}",
  n: Uint8Array.of(0, 255),
  day: at,
  at,
  wall: at,
  xs: ["a", null, ""],
  w: { start: at, end: at },
  deep: [
    { k: "x", v: [1n, null] },
    { k: null, v: [] },
  ],
};
const nothing = Object.fromEntries(schema.fields.map(({ name }) => [name, null]));
const rows = [full, nothing, { ...full, l: 2n ** 63n - 1n, d: -0, s: "", xs: [], deep: null }, full];

let directory = "";
let path = "";
let bytes = new Uint8Array();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-parquet-"));
  path = join(directory, "part.parquet");
  const encode = await parquetWriter.encoderFor(schema);
  [bytes] = [...encode([chunkFromObjects(schema, rows), chunkFromObjects(schema, [nothing])])] as [
    Uint8Array<ArrayBuffer>,
  ];
  await writeFile(path, bytes);
});

afterAll(() => rm(directory, { recursive: true }));

it("DuckDB reads every type", async () => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
  const text = async (sql: string): Promise<unknown[][]> =>
    (await connection.runAndReadAll(sql))
      .getRows()
      .map((row) => row.map((value) => (value === null ? null : String(value))));
  const types = await text(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '${path}')`);
  expect(Object.fromEntries(types)).toEqual({
    b: "BOOLEAN",
    i: "INTEGER",
    l: "BIGINT",
    d: "DOUBLE",
    s: "VARCHAR",
    n: "BLOB",
    day: "DATE",
    at: "TIMESTAMP WITH TIME ZONE",
    wall: "TIMESTAMP",
    xs: "VARCHAR[]",
    w: 'STRUCT("start" TIMESTAMP WITH TIME ZONE, "end" TIMESTAMP WITH TIME ZONE)',
    deep: "STRUCT(k VARCHAR, v BIGINT[])[]",
  });
  const columns = schema.fields.map(({ name }) => `CAST("${name}" AS VARCHAR)`).join(", ");
  const found = await text(`SELECT ${columns} FROM '${path}'`);
  connection.closeSync();
  const fullText = [
    "true",
    "-7",
    "-9223372036854775808",
    "1.5",
    "ä\u{1f600}",
    "\\x00\\xFF",
    "2024-02-29",
    "2024-02-29 12:30:00.123+00",
    "2024-02-29 12:30:00.123",
    "[a, NULL, '']",
    "{'start': '2024-02-29 12:30:00.123+00', 'end': '2024-02-29 12:30:00.123+00'}",
    "[{'k': x, 'v': [1, NULL]}, {'k': NULL, 'v': []}]",
  ];
  const nulls = fullText.map(() => null);
  const third = fullText.map((value, i) =>
    ["l", "d", "s", "xs", "deep"].includes(schema.fields[i].name)
      ? { l: "9223372036854775807", d: "-0.0", s: "", xs: "[]", deep: null }[schema.fields[i].name]
      : value,
  );
  expect(found).toEqual([fullText, nulls, third, fullText, nulls]);
});

it("hyparquet reads every type", async () => {
  const found = await parquetReadObjects({ file: bytes.buffer.slice(0, bytes.length), utf8: false });
  // It says undefined where a list or struct is NULL.
  const withNulls = found.map((row) => Object.fromEntries(Object.entries(row).map(([name, v]) => [name, v ?? null])));
  const expected = rows.map((row) => ({ ...row, day: row.day === null ? null : new Date("2024-02-29") }));
  expect(withNulls).toEqual([...expected, nothing]);
});
