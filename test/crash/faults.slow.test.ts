import { afterAll, describe, expect, it } from "vitest";
import { MillraceError } from "../../src/common/millrace-error.js";
import { type CrashModel, type SimFault, SimFileSystem, type SimOperation } from "../fakes/sim-file-system.js";
import { CRASH_QUERIES, type CrashQuery } from "./crash-queries.js";
import { type RunEnd, runQuery, sinkContent } from "./run-query.js";

type Content = Readonly<Record<string, string>>;

const ANYWHERE: readonly SimFault[] = ["EIO", "ENOSPC", "EMFILE", "EINTR", "EACCES"];
const BY_KIND: Readonly<Record<string, readonly SimFault[]>> = {
  link: ["EPERM", "EXDEV", "ENOTSUP"],
  append: ["short", "ENOSPC"],
  read: ["short"],
  syncDirectory: ["ENOTSUP"],
};
const OF_BATCH = /\/(?:offsets|prepared|commits|state|_manifest|_staging)\/(\d+)/;
const AFTERWARDS: readonly CrashModel[] = ["process", "power"];

interface Fault {
  readonly operation: SimOperation;
  readonly fault: SimFault;
  readonly isSticky: boolean;
  readonly isRead: boolean;
}

const counts = { runs: 0, survived: 0, failed: 0 };

afterAll(() => {
  console.log(`${counts.runs} faults: ${counts.survived} queries went on, ${counts.failed} ended with an error`);
});

describe.each(CRASH_QUERIES)("a fault of the file system at every operation of: $name", (query) => {
  it("is survived, or told with file and batch; the next start goes on", async () => {
    const golden = await goldenRun(query);
    for (const isRead of [false, true]) {
      const operations = isRead ? golden.reads : golden.changes;
      for (const operation of operations) {
        for (const [i, fault] of faultsOf(operation).entries()) {
          const isSticky = (i + operation.number) % 2 === 0;
          await expectSound(query, { operation, fault, isSticky, isRead }, golden.content);
        }
      }
    }
  });
});

async function goldenRun(
  query: CrashQuery,
): Promise<{ changes: readonly SimOperation[]; reads: readonly SimOperation[]; content: Content }> {
  const files = new SimFileSystem();
  const changes: SimOperation[] = [];
  const reads: SimOperation[] = [];
  files.onOperation = (operation) => void (isReading(operation) ? reads : changes).push(operation);
  expect(await runQuery(query, files)).toEqual({ kind: "done" });
  return { changes, reads, content: sinkContent(files) };
}

function isReading({ kind }: SimOperation): boolean {
  return ["list", "names", "stat", "read"].includes(kind);
}

/** Two kinds at least, every other one to stay; which, depends on where and on the number. */
function faultsOf({ kind, number }: SimOperation): readonly SimFault[] {
  const own = BY_KIND[kind] ?? [];
  const others = ANYWHERE.filter((fault) => !own.includes(fault));
  return [...own, others[number % others.length], others[(number + 2) % others.length]];
}

async function expectSound(query: CrashQuery, planned: Fault, content: Content): Promise<void> {
  const { operation, fault, isSticky, isRead } = planned;
  const { number, kind, path } = operation;
  const where = `${query.name}: ${fault}${isSticky ? " for ever" : ""} at ${kind} ${number} ${path}`;
  const files = new SimFileSystem();
  if (isRead) files.failReadAt(number, fault, isSticky);
  else files.failAt(number, fault, isSticky);
  const end = await runQuery(query, files);
  counts.runs++;
  if (end.kind === "done") {
    counts.survived++;
    expect(sinkContent(files), where).toEqual(content);
  } else {
    counts.failed++;
    expectTold(end, planned, where);
  }
  const next = files.afterCrash(AFTERWARDS[number % AFTERWARDS.length]);
  const again = await runQuery(query, next, 1);
  expect(again, `${where}: ${textOf(end)}, then`).toEqual({ kind: "done" });
  expect(sinkContent(next), where).toEqual(content);
}

/** Whoever reads the error knows which file, and in which batch where there was one. */
function expectTold(end: RunEnd, { operation, isSticky }: Fault, where: string): void {
  const error = end.kind === "failed" ? end.error : null;
  expect(error, where).toBeInstanceOf(MillraceError);
  const { code, message } = error as MillraceError;
  expect(code, where).toMatch(/^(CHECKPOINT|SINK|SOURCE)_[A-Z_]+$/);
  expect(message, where).toMatch(/ \/(state|out|late| )/);
  // A fault that stays may have been survived where it began.
  const batch = OF_BATCH.exec(operation.path)?.[1];
  if (batch !== undefined && !isSticky) expect(message, where).toMatch(new RegExp(`batch ${batch}\\b|/0*${batch}\\b`));
}

function textOf(end: RunEnd): string {
  return end.kind === "failed" ? end.error.message : end.kind;
}
