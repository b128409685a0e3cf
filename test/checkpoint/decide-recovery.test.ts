import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideRecovery } from "../../src/checkpoint/decide-recovery.js";
import type { CommitRecord, OffsetRecord, PreparedRecord } from "../../src/checkpoint/records.js";
import type { Found, RecoveryDecision, RecoveryFacts, SinkFact } from "../../src/checkpoint/recovery-facts.js";

const OUTPUT = { path: "prepared/5-2.a.arrow", bytes: 1, crc32: "00000000" };
const MISSING = { kind: "missing" } as const;

const valid = <R>(record: R): Found<R> => ({ kind: "valid", record });
const corrupt = (path: string): Found<never> => ({ kind: "corrupt", path, reason: "its checksum is wrong" });
const has = (sink: string, batch: number, attempt: number): SinkFact => ({
  sink,
  committed: { batch, attempt },
  durable: true,
});
const hasNothing = (sink: string): SinkFact => ({ sink, committed: null, durable: true });
const forgetful = (fact: SinkFact): SinkFact => ({ ...fact, durable: false });

function offsets(batch: number): OffsetRecord {
  return { batch, batchTimeMs: 0, sources: [], idle: [], drain: false, fingerprint: null };
}

function commit(batch: number, { attempt = 1, drained = false } = {}): CommitRecord {
  return { batch, attempt, sinks: ["a"], state: [], next: null, drained };
}

function prepared(batch: number, attempt: number, sinks: readonly string[] = ["a"]): PreparedRecord {
  const output = sinks.length > 1 ? OUTPUT : null;
  return { batch, attempt, sinks: sinks.map((sink) => ({ sink, token: "", output })), state: [], next: null };
}

/** Batch 5 is logged, batches 2 to 4 are done by attempt 1. */
function open(changes: Partial<RecoveryFacts> = {}): RecoveryFacts {
  return {
    metadata: "valid",
    offsetBatches: [2, 3, 4, 5],
    commitBatches: [2, 3, 4],
    newestOffsets: valid(offsets(5)),
    commitOfNewest: MISSING,
    lastCommit: valid(commit(4)),
    prepared: [],
    sinks: [has("a", 4, 1)],
    ...changes,
  };
}

/** Batch 5 is done, too. */
function done(changes: Partial<RecoveryFacts> = {}): RecoveryFacts {
  return open({
    commitBatches: [2, 3, 4, 5],
    commitOfNewest: valid(commit(5, { attempt: 2 })),
    sinks: [has("a", 5, 2)],
    ...changes,
  });
}

const empty = open({ offsetBatches: [], commitBatches: [], newestOffsets: MISSING, lastCommit: MISSING, sinks: [] });
const firstOpen = open({
  offsetBatches: [0],
  commitBatches: [],
  newestOffsets: valid(offsets(0)),
  lastCommit: MISSING,
  sinks: [hasNothing("a")],
});

const rerun = (abort: readonly number[]): RecoveryDecision => ({
  kind: "rerun",
  offsets: offsets(5),
  after: commit(4),
  abort,
});
const adopt = (record: PreparedRecord, missing: readonly string[]): RecoveryDecision => ({
  kind: "adopt",
  offsets: offsets(5),
  prepared: record,
  missing,
});
const two = prepared(5, 2, ["a", "b"]);

describe("the recovery table", () => {
  test.each<[string, RecoveryFacts, RecoveryDecision]>([
    ["nothing logged", empty, { kind: "fresh" }],
    ["nothing logged, sinks empty", { ...empty, sinks: [hasNothing("a")] }, { kind: "fresh" }],
    ["all committed", done(), { kind: "resume", after: commit(5, { attempt: 2 }) }],
    [
      "committed, then drained",
      done({ commitOfNewest: valid(commit(5, { attempt: 2, drained: true })) }),
      { kind: "resume", after: commit(5, { attempt: 2, drained: true }) },
    ],
    [
      "committed before the sink was (at most once)",
      done({ sinks: [has("a", 4, 1)] }),
      { kind: "resume", after: commit(5, { attempt: 2 }) },
    ],
    ["offsets alone", open(), rerun([])],
    ["the first batch's offsets alone", firstOpen, { kind: "rerun", offsets: offsets(0), after: null, abort: [] }],
    ["prepared, not in the sink", open({ prepared: [valid(prepared(5, 2))] }), rerun([2])],
    [
      "prepared, the sink has never had anything",
      open({ prepared: [valid(prepared(5, 2))], sinks: [hasNothing("a")] }),
      rerun([2]),
    ],
    [
      "prepared, in none of several sinks",
      open({ prepared: [valid(two)], sinks: [has("a", 4, 1), has("b", 4, 1)] }),
      rerun([2]),
    ],
    ["prepared twice, in no sink", open({ prepared: [valid(prepared(5, 2)), valid(prepared(5, 3))] }), rerun([2, 3])],
    ["prepared, torn, not in the sink", open({ prepared: [corrupt("/c/prepared/5-7")] }), rerun([7])],
    ["prepared, torn, on Windows", open({ prepared: [corrupt("c:\\c\\prepared\\5-7")] }), rerun([7])],
    [
      "prepared, in the sink",
      open({ prepared: [valid(prepared(5, 2))], sinks: [has("a", 5, 2)] }),
      adopt(prepared(5, 2), []),
    ],
    [
      "prepared, in every sink",
      open({ prepared: [valid(two)], sinks: [has("a", 5, 2), has("b", 5, 2)] }),
      adopt(two, []),
    ],
    [
      "prepared, in one of two sinks",
      open({ prepared: [valid(two)], sinks: [has("a", 5, 2), has("b", 4, 1)] }),
      adopt(two, ["b"]),
    ],
    [
      "prepared, in one sink, the other is not durable",
      open({ prepared: [valid(two)], sinks: [has("a", 5, 2), forgetful(has("b", 5, 2))] }),
      adopt(two, ["b"]),
    ],
    [
      "prepared, in a sink that is not durable",
      open({ prepared: [valid(prepared(5, 2))], sinks: [forgetful(has("a", 5, 2))] }),
      rerun([2]),
    ],
    [
      "prepared twice, in the sink by the first",
      open({ prepared: [valid(prepared(5, 2)), valid(prepared(5, 3))], sinks: [has("a", 5, 2)] }),
      adopt(prepared(5, 2), []),
    ],
    [
      "newest offsets torn, nothing came of them",
      open({ newestOffsets: corrupt("offsets/5") }),
      { kind: "discard", batch: 5, after: commit(4), reason: "its checksum is wrong" },
    ],
    [
      "the very first offsets torn",
      { ...firstOpen, newestOffsets: corrupt("offsets/0") },
      { kind: "discard", batch: 0, after: null, reason: "its checksum is wrong" },
    ],
    [
      "newest commit torn, not in the sink",
      done({ commitOfNewest: corrupt("commits/5"), sinks: [has("a", 4, 1)] }),
      rerun([]),
    ],
    [
      "newest commit torn, in the sink",
      done({ commitOfNewest: corrupt("commits/5"), prepared: [valid(prepared(5, 2))] }),
      adopt(prepared(5, 2), []),
    ],
    [
      "offsets that a stopped run published when all around them had been cleaned up",
      done({ offsetBatches: [0, 2, 3, 4, 5] }),
      decideRecovery(done()),
    ],
    [
      "a commit that a stopped run published when all around it had been cleaned up",
      open({ commitBatches: [0, 3, 4] }),
      decideRecovery(open({ commitBatches: [3, 4] })),
    ],
  ])("%s", (_found, facts, decision) => {
    expect(decideRecovery(facts)).toEqual(decision);
  });

  test.each<[string, RecoveryFacts, string, string | RegExp]>([
    ["metadata missing", open({ metadata: "missing" }), "CHECKPOINT_CORRUPT", "metadata"],
    ["metadata torn", done({ metadata: "corrupt" }), "CHECKPOINT_CORRUPT", "metadata"],
    ["a commit without offsets", open({ commitBatches: [1, 2, 3, 4] }), "CHECKPOINT_CORRUPT", "commits/1"],
    ["commits only", { ...empty, commitBatches: [3] }, "CHECKPOINT_CORRUPT", "commits/3"],
    [
      "a gap in the offsets",
      open({ offsetBatches: [1, 2, 4, 5], commitBatches: [1, 2, 4] }),
      "CHECKPOINT_CORRUPT",
      "offsets/3",
    ],
    ["a gap in the commits", open({ commitBatches: [2, 4] }), "CHECKPOINT_CORRUPT", "commits/3"],
    [
      "the commit before the open batch missing",
      open({ commitBatches: [2, 3], lastCommit: MISSING }),
      "CHECKPOINT_CORRUPT",
      "commits/4",
    ],
    [
      "offsets that do not begin at 0, no commit",
      open({ offsetBatches: [5], commitBatches: [], lastCommit: MISSING }),
      "CHECKPOINT_CORRUPT",
      "commits/4",
    ],
    [
      "the commit before the open batch torn",
      open({ lastCommit: corrupt("commits/4") }),
      "CHECKPOINT_CORRUPT",
      "commits/4",
    ],
    [
      "both newest commits torn",
      done({ commitOfNewest: corrupt("commits/5"), lastCommit: corrupt("commits/4") }),
      "CHECKPOINT_CORRUPT",
      "commits/4",
    ],
    [
      "offsets of a committed batch torn",
      done({ newestOffsets: corrupt("offsets/5") }),
      "CHECKPOINT_CORRUPT",
      "offsets/5",
    ],
    [
      "newest offsets torn, prepared",
      open({ newestOffsets: corrupt("offsets/5"), prepared: [valid(prepared(5, 2))] }),
      "CHECKPOINT_CORRUPT",
      "offsets/5",
    ],
    [
      "newest offsets torn, in the sink",
      open({ newestOffsets: corrupt("offsets/5"), sinks: [has("a", 5, 2)] }),
      "CHECKPOINT_CORRUPT",
      "offsets/5",
    ],
    [
      "newest offsets and commit torn",
      done({ newestOffsets: corrupt("offsets/5"), commitOfNewest: corrupt("commits/5"), sinks: [] }),
      "CHECKPOINT_CORRUPT",
      "offsets/5",
    ],
    [
      "a batch after the drained one",
      open({ lastCommit: valid(commit(4, { drained: true })) }),
      "CHECKPOINT_CORRUPT",
      "offsets/5",
    ],
    [
      "a missing sink whose rows were not stored",
      open({
        prepared: [valid({ ...two, sinks: two.sinks.map((sink) => ({ ...sink, output: null })) })],
        sinks: [has("a", 5, 2), hasNothing("b")],
      }),
      "CHECKPOINT_CORRUPT",
      /"b"/,
    ],
  ])("refuses damage: %s", (_found, facts, code, file) => {
    const decision = decideRecovery(facts);
    expect(decision).toMatchObject({ kind: "refuse", code, what: expect.stringMatching(file) });
  });

  test.each<[string, RecoveryFacts, RegExp]>([
    ["nothing logged, the sink has a batch", { ...empty, sinks: [has("a", 0, 1)] }, /"a".*batch 0 by attempt 1/],
    ["a later batch", done({ sinks: [has("a", 6, 9)] }), /batch 6 by attempt 9.*logged is 5/],
    ["a later batch than the open one", open({ sinks: [has("a", 6, 9)] }), /batch 6 by attempt 9.*logged is 5/],
    ["the open batch, never prepared", open({ sinks: [has("a", 5, 2)] }), /prepared\/5-2/],
    [
      "the open batch by another attempt",
      open({ prepared: [valid(prepared(5, 2))], sinks: [has("a", 5, 3)] }),
      /prepared\/5-3/,
    ],
    [
      "the open batch, prepared entry torn",
      open({ prepared: [corrupt("prepared/5-2")], sinks: [has("a", 5, 2)] }),
      /prepared\/5-2/,
    ],
    [
      "the open batch, by different attempts",
      open({ prepared: [valid(two)], sinks: [has("a", 5, 2), has("b", 5, 3)] }),
      /"b" has it by attempt 3/,
    ],
    [
      "the open batch, prepared for other sinks",
      open({ prepared: [valid(prepared(5, 2))], sinks: [has("c", 5, 2)] }),
      /"c"/,
    ],
    ["the committed batch by another attempt", done({ sinks: [has("a", 5, 9)] }), /commits\/5 is of attempt 2/],
    ["the batch before by another attempt", open({ sinks: [has("a", 4, 9)] }), /commits\/4 is of attempt 1/],
  ])("refuses a sink that is ahead: %s", (_found, facts, text) => {
    const decision = decideRecovery(facts);
    expect(decision).toMatchObject({
      kind: "refuse",
      code: "SINK_AHEAD_OF_CHECKPOINT",
      what: expect.stringMatching(text),
    });
  });

  test("refuses to complete a batch without a sink that it was for", () => {
    const decision = decideRecovery(open({ prepared: [valid(two)], sinks: [has("a", 5, 2)] }));
    expect(decision).toMatchObject({ kind: "refuse", code: "SINK_CHANGED", what: expect.stringContaining('"b"') });
  });
});

const batch = fc.integer({ min: 0, max: 4 });
const attempt = fc.integer({ min: 1, max: 3 });
const sinkName = fc.constantFrom("a", "b");
const found = <R>(record: fc.Arbitrary<R>): fc.Arbitrary<Found<R>> =>
  fc.oneof(
    { weight: 3, arbitrary: record.map(valid) },
    { weight: 1, arbitrary: fc.constant<Found<R>>(MISSING) },
    { weight: 1, arbitrary: fc.constant<Found<R>>(corrupt("prepared/4-1")) },
  );
const batches = fc.oneof(
  fc.tuple(batch, batch).map(([from, length]) => Array.from({ length }, (_, i) => from + i)),
  fc.uniqueArray(batch).map((list) => list.sort((a, b) => a - b)),
);
const sinkFact: fc.Arbitrary<SinkFact> = fc.record({
  sink: sinkName,
  committed: fc.option(fc.record({ batch, attempt })),
  durable: fc.boolean(),
});

/** What readFacts can give: entries carry the numbers that they were read by. */
const anyFacts: fc.Arbitrary<RecoveryFacts> = batches.chain((offsetBatches) => {
  const newest = offsetBatches.at(-1) ?? 0;
  return fc.record<RecoveryFacts>({
    metadata: fc.constantFrom("valid", "valid", "valid", "missing", "corrupt"),
    offsetBatches: fc.constant(offsetBatches),
    commitBatches: fc.oneof(fc.constant(offsetBatches.slice(0, -1)), fc.constant(offsetBatches), batches),
    newestOffsets: found(fc.constant(offsets(newest))),
    commitOfNewest: found(attempt.map((by) => commit(newest, { attempt: by }))),
    lastCommit: found(
      fc.tuple(attempt, fc.boolean()).map(([by, drained]) => commit(newest - 1, { attempt: by, drained })),
    ),
    prepared: fc.array(
      found(
        fc.tuple(attempt, fc.uniqueArray(sinkName, { minLength: 1 })).map(([by, names]) => prepared(newest, by, names)),
      ),
      { maxLength: 3 },
    ),
    sinks: fc.uniqueArray(sinkFact, { selector: ({ sink }) => sink, maxLength: 2 }),
  });
});

describe("for any facts", () => {
  const durableHas = (facts: RecoveryFacts, at: number): readonly SinkFact[] =>
    facts.sinks.filter(({ durable, committed }) => durable && committed !== null && committed.batch >= at);

  test("there is a decision, and the dangerous ones are covered by what sinks have", () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideRecovery(facts);
        kinds.set(decision.kind, (kinds.get(decision.kind) ?? 0) + 1);
        if (decision.kind === "adopt") expectCovered(facts, decision);
        if (decision.kind === "rerun") expect(durableHas(facts, decision.offsets.batch)).toEqual([]);
        if (decision.kind === "discard") {
          expect(facts.prepared).toEqual([]);
          expect(durableHas(facts, decision.batch)).toEqual([]);
        }
        if (decision.kind === "fresh") expect(durableHas(facts, 0)).toEqual([]);
        if (decision.kind === "resume") expect(durableHas(facts, decision.after.batch + 1)).toEqual([]);
      }),
      { numRuns: 20_000 },
    );
    for (const kind of ["fresh", "resume", "rerun", "adopt", "discard", "refuse"])
      expect(kinds.get(kind)).toBeGreaterThan(0);
  });

  function expectCovered(facts: RecoveryFacts, { prepared, missing }: RecoveryDecision & { kind: "adopt" }): void {
    const claims = durableHas(facts, prepared.batch);
    expect(claims.length).toBeGreaterThan(0);
    for (const { sink, committed } of claims) {
      expect(committed).toEqual({ batch: prepared.batch, attempt: prepared.attempt });
      expect(missing).not.toContain(sink);
    }
    const claimed = claims.map(({ sink }) => sink);
    for (const { sink, output } of prepared.sinks) {
      if (claimed.includes(sink)) continue;
      expect(missing).toContain(sink);
      expect(output).not.toBeNull();
    }
  }
});
