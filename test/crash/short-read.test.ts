import { expect, it } from "vitest";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { CRASH_QUERIES, type CrashQuery } from "./crash-queries.js";
import { runQuery, sinkContent } from "./run-query.js";

it("a commit that reads short loses no state file that it, or a later one, is read from", async () => {
  const query = CRASH_QUERIES.find(({ name }) => name === "window aggregation");
  if (query === undefined) throw new Error("there is no such query");
  const golden = new SimFileSystem();
  expect(await runQuery(query, golden)).toEqual({ kind: "done" });
  for (let k = 60; k < golden.operations; k += 23) await expectHealed(query, k, sinkContent(golden));
});

/** Crashes at an operation; then every commit that a recovery reads is read short, once or from there on; then all is well. */
async function expectHealed(query: CrashQuery, k: number, content: Readonly<Record<string, string>>): Promise<void> {
  const crashed = new SimFileSystem();
  crashed.crashAt(k);
  expect(await runQuery(query, crashed)).toEqual({ kind: "crashed" });
  for (const at of await commitReads(query, crashed)) {
    for (const isSticky of [false, true]) {
      const files = crashed.afterCrash("process");
      files.failReadAt(at, "short", isSticky);
      await runQuery(query, files, 1);
      const healed = files.afterCrash("process");
      const where = `crash at ${k}, short read ${at}`;
      expect(await runQuery(query, healed, 2), where).toEqual({ kind: "done" });
      expect(sinkContent(healed), where).toEqual(content);
    }
  }
}

async function commitReads(query: CrashQuery, crashed: SimFileSystem): Promise<readonly number[]> {
  const reads: number[] = [];
  const recovered = crashed.afterCrash("process");
  recovered.onOperation = ({ kind, path, number }) => {
    if (kind === "read" && path.includes("/commits/")) reads.push(number);
  };
  expect(await runQuery(query, recovered, 1)).toEqual({ kind: "done" });
  return reads;
}
