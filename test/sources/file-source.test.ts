import { describe, expect, it } from "vitest";
import { fileEntry, fileSchema } from "../../src/sources/file-entry.js";
import type { FileSource } from "../../src/sources/file-source.js";
import { type Offset, type ReadLimit, type Source, UNLIMITED } from "../../src/sources/source.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { formatSchema } from "../../src/types/format-type.js";
import { int64, required, schemaOf } from "../../src/types/type-constructors.js";
import { FakeFileSystem } from "../fakes/fake-file-system.js";
import { collect, rowsOf } from "../fakes/rows-of.js";

const schema = schemaOf({ id: required(int64()) });
const never = new AbortController().signal;
const line = (...ids: number[]): string => ids.map((id) => `{"id":${id}}\n`).join("");

interface Setup {
  readonly files: FakeFileSystem;
  readonly clock: ManualClock;
  readonly source: Source;
}

function setup(options = {}, streaming = true, path = "in"): Setup {
  const files = new FakeFileSystem();
  const clock = new ManualClock(0);
  const entry = fileEntry({ files, clock, format: "json", path, options, streaming }, schema);
  return { files, clock, source: entry.factory.open() };
}

async function next(source: Source, from: Offset, limit: ReadLimit = UNLIMITED) {
  const { offset, ended, behind } = await source.latestOffset(from, limit);
  const ids = rowsOf(await collect(source.read(from, offset, never))).map((row) => Number(row["id"]));
  return { ids, offset, ended, behind };
}

describe("files that arrive", () => {
  it("are read once each, oldest first, names deciding between files of one instant", async () => {
    const { files, source } = setup();
    files.put("in/b.json", line(3), 20);
    files.put("in/c.json", line(1), 10);
    files.put("in/a.json", line(2), 20);
    const first = await next(source, 0);
    expect(first).toMatchObject({ ids: [1, 2, 3], offset: 3, ended: false, behind: ["0"] });
    files.put("in/a.json", line(99), 30);
    files.put("in/old.json", line(4), 1);
    expect(await next(source, first.offset)).toMatchObject({ ids: [4], offset: 4 });
    expect(await next(source, 4)).toMatchObject({ ids: [], offset: 4, behind: [] });
  });

  it("are taken a few at a time where asked for, at least one, and the same again in a replay", async () => {
    const { files, source } = setup({ maxFilesPerTrigger: 2 });
    for (const id of [1, 2, 3, 4, 5]) files.put(`in/${id}.json`, line(id));
    const limit = { ...UNLIMITED, maxRows: 1_000_000 };
    expect((await next(source, 0, limit)).ids).toEqual([1, 2]);
    expect((await next(source, 2, { ...limit, maxBytes: 1 })).ids).toEqual([3]);
    expect((await next(source, 3, { ...limit, maxFiles: 1 })).ids).toEqual([4]);
    expect(rowsOf(await collect(source.read(1, 3, never))).map((row) => row["id"])).toEqual([2n, 3n]);
  });

  it("come newest first where asked for", async () => {
    const { files, source } = setup({ latestFirst: true, maxFilesPerTrigger: 1 });
    const limit = { ...UNLIMITED, maxRows: 10 };
    for (const id of [1, 2]) files.put(`in/${id}.json`, line(id));
    expect((await next(source, 0, limit)).ids).toEqual([2]);
    files.put("in/3.json", line(3));
    expect((await next(source, 1, limit)).ids).toEqual([3]);
    expect((await next(source, 2, limit)).ids).toEqual([1]);
  });

  it("are left alone while hidden or temporary, and where the pattern does not fit", async () => {
    const { files, source } = setup({}, true, "in/*.json");
    for (const name of [".a.json", "_b.json", "c.json.tmp", "d.txt", "sub/e.json", "f.json"])
      files.put(`in/${name}`, line(6));
    expect((await next(source, 0)).ids).toEqual([6]);
  });

  it("are noticed by looking again after the poll interval", async () => {
    const { files, clock, source } = setup({ pollInterval: "250" });
    let isDone = false;
    const waiting = source.changed(0, never).then(() => {
      isDone = true;
    });
    await new Promise(setImmediate);
    files.put("in/1.json", line(1));
    await clock.advance(249);
    await new Promise(setImmediate);
    expect([isDone, clock.sleeping]).toEqual([false, 1]);
    await clock.advance(1);
    await waiting;
    expect(isDone).toBe(true);
  });

  it("have malformed records counted, and their fields are nullable whatever was declared", async () => {
    const { files, source } = setup();
    files.put("in/1.json", `${line(1)}{"id":"x"}\n{}\n`);
    const { offset } = await source.latestOffset(0, UNLIMITED);
    expect(rowsOf(await collect(source.read(0, offset, never)))).toEqual([{ id: 1n }, { id: null }, { id: null }]);
    expect(source.schema.fields[0]?.nullable).toBe(true);
    expect((source as FileSource).malformedRecords).toBe(1);
  });
});

describe("files that are there", () => {
  it("are read by name and then the source has ended", async () => {
    const { files, source } = setup({}, false);
    files.put("in/b.json", line(2), 1);
    files.put("in/a.json", line(1), 2);
    const all = await next(source, 0);
    expect(all).toMatchObject({ ids: [1, 2], ended: true });
    files.put("in/c.json", line(3));
    expect(await next(source, all.offset)).toMatchObject({ ids: [], ended: true });
  });

  it("may be one file, and must be there", async () => {
    const { files, source } = setup({}, false, "in/one.json");
    files.put("in/one.json", line(1));
    files.put("in/two.json", line(2));
    expect((await next(source, 0)).ids).toEqual([1]);
    await expect(next(setup({}, false, "nowhere").source, 0)).rejects.toThrow(/PATH_NOT_FOUND.*nowhere/);
  });

  it("give a schema from the first file", async () => {
    const files = new FakeFileSystem();
    const request = {
      files,
      clock: new ManualClock(0),
      format: "json" as const,
      path: "in",
      options: {},
      streaming: false,
    };
    files.put("in/_x.json", "{}");
    await expect(fileSchema(request)).rejects.toThrow(/SCHEMA_REQUIRED/);
    files.put("in/a.json", '{"a":1}\n{"a":2.5,"b":[true]}\n');
    expect(formatSchema(await fileSchema(request))).toBe("a double, b array<boolean>");
    files.put("in/a.json", '{"a":1}\nbroken\n');
    expect(formatSchema(await fileSchema(request))).toBe("a bigint, _corrupt_record string");
  });

  it("refuse options that nobody knows", () => {
    expect(() => setup({ maxFilePerTrigger: 1 })).toThrow(/OPTION_UNKNOWN.*json reader.*maxFilesPerTrigger/);
    expect(() => setup({ mode: "PERMISIVE" })).toThrow(/OPTION_INVALID.*permissive/);
    expect(() => setup({ maxFilesPerTrigger: 0 })).toThrow(/OPTION_INVALID/);
  });
});

it("reads JSON lines that cross the window, with a byte order mark and without a last newline", async () => {
  const { files, source } = setup({}, false);
  const count = 120_000;
  const text = Array.from({ length: count }, (_, id) => `{"id":${id},"pad":"é😀"}`).join("\r\n");
  files.put("in/a.json", `\ufeff${text}`);
  const { ids } = await next(source, 0);
  expect(ids.length).toBe(count);
  expect(ids.every((id, i) => id === i)).toBe(true);
});
