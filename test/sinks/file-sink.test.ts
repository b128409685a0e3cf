import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import { nodeFileSystem } from "../../src/common/node-file-system.js";
import { fileLocation, listDataFiles } from "../../src/sources/file-listing.js";
import { int64, schemaOf, struct, timestamp } from "../../src/types/type-constructors.js";
import { dataFiles, fileSink, temporaryDirectory } from "../contracts/file-sink-case.js";
import { batchOf, permitOf, runBatch, shapeOf, stage } from "../contracts/sink-contract.js";

const rows = (...keys: string[]) => batchOf(keys.map((key, i) => ({ key, n: BigInt(i) })));

async function opened(path: string, options: Parameters<typeof fileSink>[1] = {}, query = "query") {
  const sink = fileSink(path, options);
  await sink.open(query, "main", shapeOf("append"));
  return sink;
}

describe("the directory", () => {
  it("holds files named after batch and number, and a manifest that proves them", async () => {
    const out = await temporaryDirectory();
    const sink = await opened(out, { maxRowsPerFile: 2 });
    await runBatch(sink, 42, [rows("a", "b"), rows("c")], 5);
    const names = await dataFiles(out);
    expect(names).toEqual([
      expect.stringMatching(/^part-0000000042-00000-[0-9a-f]{8}\.json$/),
      expect.stringMatching(/^part-0000000042-00001-[0-9a-f]{8}\.json$/),
    ]);
    const manifest = JSON.parse(await readFile(join(out, "_manifest", "42"), "utf8"));
    expect(manifest).toMatchObject({ format: 1, query: "query", sink: "main", batch: 42, attempt: 5 });
    for (const [i, file] of manifest.files.entries()) {
      const bytes = await readFile(join(out, file.path));
      expect(file).toEqual({
        path: names[i],
        bytes: bytes.length,
        crc32: crc32(bytes).toString(16).padStart(8, "0"),
        rows: [2, 1][i],
      });
    }
    expect(await readdir(join(out, "_staging"))).toEqual([]);
  });

  it("is read by our own reader as it is: neither staged nor own files of the sink count", async () => {
    const out = await temporaryDirectory();
    const sink = await opened(out);
    await runBatch(sink, 0, [rows("a")]);
    await stage(sink, { batch: 1, attempt: 0 }, [rows("b")]);
    const found = await listDataFiles(nodeFileSystem, fileLocation(nodeFileSystem, out));
    expect(found.map(({ path }) => path)).toEqual((await dataFiles(out)).map((name) => join(out, name)));
    expect(found.length).toBe(1);
  });

  it("may be a symbolic link", async () => {
    const base = await temporaryDirectory();
    await mkdir(join(base, "real"));
    await symlink(join(base, "real"), join(base, "link"));
    const sink = await opened(join(base, "link"), { partitionBy: ["key"] });
    await runBatch(sink, 0, [rows("a")]);
    expect(await dataFiles(join(base, "real"))).toEqual([expect.stringMatching(/^key=a\/part-/)]);
  });

  it("keeps the manifests of the newest batches, and adds up the others", async () => {
    const out = await temporaryDirectory();
    const sink = await opened(out);
    for (let batch = 0; batch < 160; batch++) await runBatch(sink, batch, batch % 2 === 0 ? [rows("a")] : []);
    const names = await readdir(join(out, "_manifest"));
    expect(names.length).toBe(1 + 110);
    expect(names).not.toContain("49");
    expect(names).toContain("50");
    const summary = JSON.parse(await readFile(join(out, "_manifest", "summary"), "utf8"));
    expect(summary).toMatchObject({ query: "query", sink: "main", through: 49, batches: 50, files: 25, rows: 25 });
    const next = await opened(out);
    expect(await next.committed()).toEqual({ batch: 159, attempt: 0 });
    // A batch whose manifest is gone is still known to be done.
    await runBatch(next, 7, [rows("a")]);
    expect((await dataFiles(out)).length).toBe(80);
  });
});

describe("who owns the directory", () => {
  it("another query is refused, with the way out", async () => {
    const out = await temporaryDirectory();
    await opened(out);
    await expect(opened(out, {}, "other")).rejects.toThrow(/SINK_TARGET_TAKEN.*query query \(sink main\).*resetSink/);
  });

  it("may take it over: what is there stays, its own batches begin anew", async () => {
    const out = await temporaryDirectory();
    const first = await opened(out);
    await runBatch(first, 0, [rows("a")]);
    await stage(first, { batch: 1, attempt: 0 }, [rows("b")]);
    const second = await opened(out, { resetSink: true }, "other");
    expect(await second.committed()).toBeNull();
    await runBatch(second, 0, [rows("c")]);
    expect((await dataFiles(out)).length).toBe(2);
    await expect(first.commit(permitOf(1, 0))).rejects.toMatchObject({ code: "SINK_CONFLICT" });
    await expect(opened(out)).rejects.toMatchObject({ code: "SINK_TARGET_TAKEN" });
    const again = await opened(out, { resetSink: true }, "other");
    expect(await again.committed()).toEqual({ batch: 0, attempt: 0 });
  });

  it("finishes the names of the old owner's newest batch before it takes over", async () => {
    const out = await temporaryDirectory();
    const first = await opened(out);
    await stage(first, { batch: 0, attempt: 0 }, [rows("a")]);
    await nodeFileSystem.link(join(out, "_staging", "0-0", "manifest"), join(out, "_manifest", "0"));
    await opened(out, { resetSink: true }, "other");
    expect((await dataFiles(out)).length).toBe(1);
  });

  it("is told from the manifests where the summary is gone, and damage is named", async () => {
    const out = await temporaryDirectory();
    await runBatch(await opened(out), 0, [rows("a")]);
    await nodeFileSystem.unlink(join(out, "_manifest", "summary"));
    await expect(opened(out, {}, "other")).rejects.toMatchObject({ code: "SINK_TARGET_TAKEN" });
    await writeFile(join(out, "_manifest", "summary"), "{}");
    await expect(opened(out)).rejects.toThrow(/SINK_MANIFEST_DAMAGED.*summary/);
    await writeFile(join(out, "_manifest", "0"), '{"format":1,"query":"query","sink":"main","batch":0,"attempt":0}');
    await expect(opened(out)).rejects.toMatchObject({ code: "SINK_MANIFEST_DAMAGED" });
  });
});

describe("what is refused before a row is written", () => {
  const window = schemaOf({ window: struct({ start: timestamp(), end: timestamp() }), n: int64() });

  it.each([
    [["nope"], /PARTITION_COLUMN.*'nope'.*Columns: key, n/],
    [["key", "key"], /PARTITION_COLUMN.*twice/],
    [["key", "n"], /PARTITION_COLUMN.*Every column/],
  ])("partitionBy %j", async (partitionBy, message) => {
    await expect(opened(await temporaryDirectory(), { partitionBy })).rejects.toThrow(message);
  });

  it("partitionBy a struct, and text of several columns", async () => {
    const shape = { ...shapeOf("append"), schema: window };
    const out = await temporaryDirectory();
    await expect(fileSink(out, { partitionBy: ["window"] }).open("q", "s", shape)).rejects.toThrow(/'window'.*struct/);
    await expect(fileSink(out, { format: "text" }).open("q", "s", shape)).rejects.toMatchObject({
      code: "TEXT_ONE_COLUMN",
    });
    expect(await readdir(out)).toEqual([]);
  });
});

describe("rows", () => {
  it("of a partition are together, in their order, in one file per trigger", async () => {
    const out = await temporaryDirectory();
    const sink = await opened(out, { partitionBy: ["key"] });
    await runBatch(sink, 0, [rows("b", "a", "b"), rows("a", "c")]);
    const content = await Promise.all(
      (await dataFiles(out)).map(async (name) => [name.split("/")[0], await readFile(join(out, name), "utf8")]),
    );
    expect(content).toEqual([
      ["key=b", '{"n":0}\n{"n":2}\n'],
      ["key=a", '{"n":1}\n{"n":0}\n'],
      ["key=c", '{"n":1}\n'],
    ]);
  });

  it("are cut by maxRowsPerFile, over chunks and within", async () => {
    const out = await temporaryDirectory();
    const sink = await opened(out, { maxRowsPerFile: 3 });
    await runBatch(sink, 0, [rows("a", "b"), rows("c", "d", "e", "f", "g")]);
    const lines = await Promise.all((await dataFiles(out)).map(async (name) => readFile(join(out, name), "utf8")));
    expect(lines.map((text) => text.split("\n").length - 1)).toEqual([3, 3, 1]);
  });

  it("make the same files every time", async () => {
    const bytes = await Promise.all(
      ["one", "two"].map(async () => {
        const out = await temporaryDirectory();
        const sink = await opened(out, { partitionBy: ["key"], format: "parquet" });
        await runBatch(sink, 0, [
          { chunk: chunkFromObjects(shapeOf("append").schema, [{ key: "a", n: 1n }]), op: null },
        ]);
        return Promise.all((await dataFiles(out)).map(async (name) => [name, await readFile(join(out, name))]));
      }),
    );
    expect(bytes[0]).toEqual(bytes[1]);
  });
});
