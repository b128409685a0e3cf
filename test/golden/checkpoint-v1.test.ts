import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { CRASH_QUERIES, type CrashQuery } from "../crash/crash-queries.js";
import { runQuery, sinkContent } from "../crash/run-query.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";

/** MAKE_GOLDEN=1 writes the directory anew: only for a format that no version has been released with. */
const MAKES = process.env["MAKE_GOLDEN"] === "1";
const DIRECTORY = fileURLToPath(new URL("checkpoint-v1", import.meta.url));
/** Dies when the sink has the batch, before the commit is published: the batch is prepared. */
const LAST_STEP = /^\/state\/commits\/4\..*tmp$/;

it("a checkpoint of format 1, with a snapshot, a delta and a prepared batch, goes on to the right result", async () => {
  const query = CRASH_QUERIES.find(({ name }) => name === "window aggregation");
  if (query === undefined) throw new Error("there is no such query");
  const whole = new SimFileSystem();
  expect(await runQuery(query, whole)).toEqual({ kind: "done" });
  if (MAKES) await store(await interrupted(query));
  const files = await stored();
  const names = files.paths().filter((path) => path.startsWith("/state/"));
  expect(names.filter((path) => /^\/state\/state\//.test(path)).length).toBeGreaterThan(1);
  expect(names).toContain("/state/prepared/4-1");
  expect(names).not.toContain("/state/commits/4");
  expect(await runQuery(query, files, 1)).toEqual({ kind: "done" });
  expect(sinkContent(files)).toEqual(sinkContent(whole));
});

async function interrupted(query: CrashQuery): Promise<SimFileSystem> {
  const files = new SimFileSystem();
  files.onOperation = ({ kind, path, number }) => {
    if (kind === "create" && LAST_STEP.test(path)) files.crashAt(number);
  };
  expect(await runQuery(query, files)).toEqual({ kind: "crashed" });
  return files.afterCrash("power");
}

async function store(files: SimFileSystem): Promise<void> {
  await rm(DIRECTORY, { recursive: true, force: true });
  for (const path of files.paths()) {
    const target = join(DIRECTORY, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, files.peek(path));
  }
}

async function stored(): Promise<SimFileSystem> {
  const files = new SimFileSystem();
  for (const entry of await readdir(DIRECTORY, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.put(`/${relative(DIRECTORY, path)}`, new Uint8Array(await readFile(path)));
  }
  return files;
}
