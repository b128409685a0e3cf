import { readdir, readFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { columnFromValues } from "../../src/columnar/column-from-values.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { isSafePath } from "../../src/sinks/manifest.js";
import { partitionSegment } from "../../src/sinks/partition-segment.js";
import type { DataType } from "../../src/types/data-type.js";
import { bool, date, float64, int32, int64, schemaOf, timestamp, utf8 } from "../../src/types/type-constructors.js";
import { dataFiles, fileSink, temporaryDirectory } from "../contracts/file-sink-case.js";
import { runBatch, shapeOf } from "../contracts/sink-contract.js";

const schema = schemaOf({ where: utf8(), n: int64() });

const HOSTILE: readonly string[] = [
  ".",
  "..",
  "...",
  "../up",
  "../../../../etc/passwd",
  "..\\..\\windows",
  "/etc/passwd",
  "/",
  "\\",
  "\\\\server\\share",
  "C:\\temp",
  "c:",
  "a/b",
  "a/../b",
  "./a",
  "a/",
  "nul\0byte",
  "\0",
  "%2e%2e%2f",
  "%2E%2E/",
  "%00",
  "..%c0%af..",
  "\u2024\u2024/",
  "\uff0e\uff0e\uff0f",
  "~root",
  "$HOME",
  "`id`",
  "; rm -rf x",
  "a=b",
  "where=x/where=y",
  "CON",
  "aux.txt",
  "trailing.",
  "trailing ",
  " ",
  "new\nline",
  "*?[x]",
  "\u202egnp.exe",
  "_staging",
  "_manifest",
  ".hidden",
  "__proto__",
  "__HIVE_DEFAULT_PARTITION__",
  "ä\u{1f600}",
];

async function written(values: readonly (string | null)[], partitionBy = ["where"]) {
  const base = await temporaryDirectory();
  const out = join(base, "out");
  const sink = fileSink(out, { partitionBy });
  await sink.open("query", "sink", { ...shapeOf("append"), schema });
  const chunk = chunkFromObjects(
    schema,
    values.map((where, i) => ({ where, n: i })),
  );
  await runBatch(sink, 0, [{ chunk, op: null }]);
  return { base, out };
}

describe("hostile values of partition columns", () => {
  it.each(HOSTILE.map((value) => [JSON.stringify(value), value]))("%s stays in its directory", async (_, value) => {
    const { base, out } = await written([value]);
    const files = await dataFiles(out);
    expect(files.length).toBe(1);
    expect(resolve(out, files[0]).startsWith(out + sep)).toBe(true);
    expect(isSafePath(files[0])).toBe(true);
    const [directory, name, ...deeper] = files[0].split("/");
    expect([deeper, name.startsWith("part-")]).toEqual([[], true]);
    expect(decodeURIComponent(directory.slice("where=".length))).toBe(value);
    expect(await readdir(base)).toEqual(["out"]);
  });

  it("and each has a directory of its own", async () => {
    const values = [...HOSTILE, "", null];
    const { out } = await written(values);
    const files = await dataFiles(out);
    expect(new Set(files.map((file) => file.split("/")[0])).size).toBe(values.length);
    for (const [i, file] of files.entries()) {
      expect(await readFile(join(out, file), "utf8")).toBe(`{"n":${i}}\n`);
    }
  });

  it("too long for a file name: refused, naming the column", async () => {
    await expect(written(["x".repeat(300)])).rejects.toThrow(/PARTITION_VALUE_TOO_LONG.*'where'/);
    await expect(written(["ä".repeat(60)])).rejects.toThrow(/PARTITION_VALUE_TOO_LONG/);
  });

  it("are what DuckDB reads back", async () => {
    const values = [...HOSTILE, "", null];
    const { out } = await written(values);
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const sql = `SELECT "where", n FROM read_json('${out}/*/*.json', hive_partitioning = true, hive_types = {'where': VARCHAR}) ORDER BY n`;
    const found = (await connection.runAndReadAll(sql)).getRows();
    connection.closeSync();
    const named = found.map(([value, n]) => [value, Number(n)]);
    expect(named).toEqual(values.map((value, i) => [value, i]));
  });
});

describe("hostile names of partition columns", () => {
  it.each(["../up", "a/b", "..", "_hidden", ".x", "a=b", "nul\0"])("%j", async (name) => {
    const out = join(await temporaryDirectory(), "out");
    const odd = schemaOf({ [name]: utf8(), n: int64() });
    const sink = fileSink(out, { partitionBy: [name] });
    await sink.open("query", "sink", { ...shapeOf("append"), schema: odd });
    await runBatch(sink, 0, [{ chunk: chunkFromObjects(odd, [{ [name]: "v", n: 1 }]), op: null }]);
    const files = await dataFiles(out);
    expect(files.length).toBe(1);
    expect(decodeURIComponent(files[0].split("/")[0])).toBe(`${name}=v`);
  });
});

describe("values of every type", () => {
  const at = new Date("2024-02-29T12:30:00.500Z");
  const cases: readonly (readonly [DataType, unknown, string])[] = [
    [bool(), true, "true"],
    [int32(), -7, "-7"],
    [int64(), -(2n ** 63n), "-9223372036854775808"],
    [float64(), 1e10, "1.0E10"],
    [date(), at, "2024-02-29"],
    [timestamp(), at, "2024-02-29%2012%3A30%3A00.5"],
    [utf8(), "a b", "a%20b"],
    [utf8(), "", ""],
    [utf8(), null, "__HIVE_DEFAULT_PARTITION__"],
    [utf8(), "__HIVE_DEFAULT_PARTITION__", "%5F_HIVE_DEFAULT_PARTITION__"],
  ];
  it.each(cases)("%j: %s", (type, value, text) => {
    const column = columnFromValues([value], { type, nullable: true }, { column: "c", rows: null });
    expect(partitionSegment("c", column, 0)).toBe(`c=${text}`);
  });
});

describe("paths in a manifest", () => {
  it.each(["", ".", "..", "../x", "a/../x", "a/..", "/x", "a//x", "a/", "a\\b", "a b", "a/./b"])(
    "%j is not safe",
    (path) => {
      expect(isSafePath(path)).toBe(false);
    },
  );
  it.each(["part-1.json", "c=/part", "c=..x/part", "c=%2E/d=1/part"])("%j is safe", (path) => {
    expect(isSafePath(path)).toBe(true);
  });
});
