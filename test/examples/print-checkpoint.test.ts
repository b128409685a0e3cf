import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { count } from "../../src/expressions/functions/aggregates.js";
import { Session } from "../../src/node-session.js";
import { MemoryStream } from "../../src/sources/memory-stream.js";
import { utf8 } from "../../src/types/type-constructors.js";

const EXAMPLE = join(import.meta.dirname, "../../examples/print-checkpoint.mjs");
const run = promisify(execFile);
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "millrace-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** Two batches: ann twice, bob once. */
async function countUsers(): Promise<void> {
  const users = new MemoryStream({ user: utf8() });
  const query = await new Session().readStream
    .name("users")
    .memory(users)
    .groupBy("user")
    .agg({ n: count() })
    .name("counts")
    .writeStream.outputMode("update")
    .checkpoint(directory)
    .foreachBatch(() => {})
    .start();
  for (const user of ["ann", "bob", "ann"]) {
    users.add([{ user }]);
    await query.processAllAvailable();
  }
  await query.stop();
}

test("offsets and state are printed without the library", async () => {
  await countUsers();
  const { stdout } = await run(process.execPath, [EXAMPLE, directory]);
  expect(stdout).toMatch(/^query [0-9a-f-]{36}, millrace \S+, begun \d{4}-/);
  expect(stdout).toMatch(/batches 0 1 2\n\nbatch 2, .*\n {2}source users: from .* to .*\n/);
  expect(stdout).toMatch(/operator counts aggregate\(user\)#0, table groups: 2 rows\n/);
  expect(stdout).toMatch(/\{"user":"ann".*:2.*\}\n.*\{"user":"bob".*:1.*\}/);
  const { stdout: first } = await run(process.execPath, [EXAMPLE, directory, "0"]);
  expect(first).toMatch(/table groups: 1 rows\n {2}\{"user":"ann"/);
});

test("a damaged log is found", async () => {
  await countUsers();
  const [first] = await readdir(join(directory, "offsets"));
  await writeFile(join(directory, "offsets", first), '{"format":1,"crc32":"00000000"}\n{}\n');
  await expect(run(process.execPath, [EXAMPLE, directory, first])).rejects.toThrow(/offsets\/0 is damaged/);
});

test("without a checkpoint it says how it is called", async () => {
  await expect(run(process.execPath, [EXAMPLE, join(directory, "nowhere")])).rejects.toMatchObject({
    stdout: expect.stringContaining("usage: "),
  });
});
