import { afterAll, describe, expect, it } from "vitest";
import { decodeLog, type LogIdentity } from "../../src/checkpoint/log-file.js";
import { MillraceError } from "../../src/common/millrace-error.js";
import { SimFileSystem } from "../fakes/sim-file-system.js";
import { Random } from "../laws/cases/random.js";
import { CRASH_QUERIES, type CrashQuery } from "./crash-queries.js";
import { runQuery, sinkContent } from "./run-query.js";

const SEED = Number(process.env["CORRUPTION_SEED"] ?? 1);
/** Of each checkpoint. */
const FLIPS_IN_STATE = 700;
/** Starts per log file: the rest of the damage is seen in the same way. */
const CUTS = 40;
const FLIPS = 120;
/** Where the header says which format it has. */
const FORMAT_BITS = { from: 8 * 9, to: 8 * 14 };
const LOGS = /^\/state\/(metadata|(offsets|prepared|commits)\/[^/.]+)$/;
const STATE_FILES = /^\/state\/(state\/[^/]+|prepared\/[^/]+\.arrow)$/;
const REFUSALS = /^(CHECKPOINT_CORRUPT|CHECKPOINT_VERSION_TOO_NEW|SINK_AHEAD_OF_CHECKPOINT)$/;

type Content = Readonly<Record<string, string>>;

/** A checkpoint, and what its sinks must hold in the end. */
interface Victim {
  readonly query: CrashQuery;
  readonly disk: SimFileSystem;
  readonly content: Content;
}

const counts = new Map<string, number>();

afterAll(() => console.log(`damage, and what the next start made of it: ${JSON.stringify([...counts])}`));

describe.each([
  ["window aggregation", "finished"],
  ["window aggregation", "interrupted after the sink's commit"],
  ["late rows to a second sink", "interrupted between two sinks"],
] as const)("a checkpoint of: %s, %s", (name, moment) => {
  it("has no log in which a byte that is cut off, or a flipped bit, is not seen", async () => {
    const { disk } = await victimOf(name, moment);
    for (const path of disk.paths().filter((each) => LOGS.test(each))) {
      const bytes = disk.peek(path);
      for (const damaged of allDamageOf(bytes)) expect(() => decodeLog(damaged, identityOf(path)), path).toThrow();
      expect(() => decodeLog(bytes, identityOf(path))).not.toThrow();
    }
  });

  it("is refused, or goes on to the right result, when a log is cut off or has a flipped bit", async () => {
    const victim = await victimOf(name, moment);
    for (const path of victim.disk.paths().filter((each) => LOGS.test(each))) {
      const bytes = victim.disk.peek(path);
      for (const damaged of someDamageOf(bytes)) await expectHonest(victim, path, damaged);
    }
  });

  it(`is refused, or goes on to the right result, with any of ${FLIPS_IN_STATE} flipped bits in its state`, async () => {
    const random = new Random(SEED);
    const victim = await victimOf(name, moment);
    const paths = victim.disk.paths().filter((each) => STATE_FILES.test(each));
    expect(paths.length).toBeGreaterThan(0);
    for (let i = 0; i < FLIPS_IN_STATE; i++) {
      const path = random.pick(paths);
      const bytes = victim.disk.peek(path);
      await expectHonest(victim, path, flipped(bytes, random.int(0, bytes.length * 8 - 1)));
    }
  });
});

async function victimOf(name: string, moment: string): Promise<Victim> {
  const query = CRASH_QUERIES.find((each) => each.name === name);
  if (query === undefined) throw new Error(`there is no query ${name}`);
  const golden = new SimFileSystem();
  const at = operationAt(golden, moment);
  expect(await runQuery(query, golden)).toEqual({ kind: "done" });
  const content = sinkContent(golden);
  const operation = at();
  if (operation === null) return { query, disk: golden, content };
  const crashed = new SimFileSystem();
  crashed.crashAt(operation);
  expect(await runQuery(query, crashed)).toEqual({ kind: "crashed" });
  return { query, disk: crashed.afterCrash("process"), content };
}

/** The change at which the program is to die; null: it may finish. */
function operationAt(files: SimFileSystem, moment: string): () => number | null {
  const found: number[] = [];
  const wanted = moment.includes("between two sinks") ? /^\/late\/_manifest\/3$/ : /^\/state\/commits\/3\..*tmp$/;
  files.onOperation = ({ kind, path, number }) => {
    if ((kind === "create" || kind === "link") && wanted.test(path)) found.push(number);
  };
  return () => (moment === "finished" ? null : (found[0] ?? Number.NaN));
}

function identityOf(path: string): LogIdentity {
  const [, , folder, name = "0"] = path.split("/");
  return { kind: folder as LogIdentity["kind"], batch: Number.parseInt(name, 10), path };
}

function* allDamageOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length);
  for (let bit = 0; bit < bytes.length * 8; bit++) yield flipped(bytes, bit);
}

function* someDamageOf(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let i = 0; i < CUTS; i++) yield bytes.subarray(0, Math.floor((i * bytes.length) / CUTS));
  for (let i = 0; i < FLIPS; i++) yield flipped(bytes, Math.floor((i * 8 * bytes.length) / FLIPS) + (i % 8));
  for (let bit = FORMAT_BITS.from; bit < FORMAT_BITS.to; bit++) yield flipped(bytes, bit);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

async function expectHonest({ query, disk, content }: Victim, path: string, bytes: Uint8Array): Promise<void> {
  const files = disk.afterCrash("process");
  files.put(path, bytes);
  const end = await runQuery(query, files, 1);
  const what = `CORRUPTION_SEED=${SEED}, ${path}, ${JSON.stringify(new TextDecoder().decode(bytes))}`;
  const folder = path.split("/")[2];
  const fate = end.kind === "failed" ? (end.error as MillraceError).code : end.kind;
  const key = `${folder} ${fate}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
  if (end.kind !== "failed") {
    expect(end.kind, what).toBe("done");
    expect(sinkContent(files), what).toEqual(content);
    return;
  }
  expect(end.error, what).toBeInstanceOf(MillraceError);
  expect(fate, what).toMatch(REFUSALS);
  if (fate !== "SINK_AHEAD_OF_CHECKPOINT") expect(end.error.message, what).toContain(path.slice("/state/".length));
}
