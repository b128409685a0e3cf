import { attemptOfName } from "./entry-name.js";
import type { CommitRecord, OffsetRecord, PreparedRecord } from "./records.js";
import type { Found, RecoveryDecision, RecoveryFacts, SinkFact } from "./recovery-facts.js";
import { withoutStrays } from "./without-strays.js";

type Refusal = Extract<RecoveryDecision, { kind: "refuse" }>;
type Committed = NonNullable<SinkFact["committed"]>;
/** A sink that is believed, and what it has. */
interface SinkClaim {
  readonly sink: string;
  readonly committed: Committed;
}

/**
 * What to do after a stop or a crash (reliability.md 2, the recovery table). Pure and total. It decides by three kinds of
 * witnesses: the commit log, which is the truth; what durable sinks say; and the attempts that were prepared. An attempt is
 * adopted only when a durable sink has exactly it, and rerun only when no durable sink has the batch.
 */
export function decideRecovery(facts: RecoveryFacts): RecoveryDecision {
  return damageOf(facts) ?? decideSound(facts);
}

/** Logs that no crash leaves behind: damaged, or mixed from several directories. */
function damageOf({ metadata, ...found }: RecoveryFacts): Refusal | null {
  const offsetBatches = withoutStrays(found.offsetBatches, found.commitBatches);
  const commitBatches = withoutStrays(found.commitBatches, found.offsetBatches);
  const hasLogs = offsetBatches.length > 0 || commitBatches.length > 0;
  if (metadata !== "valid" && hasLogs) return corrupt("metadata", `it is ${metadata}, but there are logs beside it`);
  const offsets = new Set(offsetBatches);
  const orphan = commitBatches.find((batch) => !offsets.has(batch));
  if (orphan !== undefined) return corrupt(`commits/${orphan}`, `there is no offsets/${orphan}`);
  const gap = gapIn(offsetBatches);
  if (gap !== null) return corrupt(`offsets/${gap}`, "it is missing, but there are older and newer entries");
  const commitGap = gapIn(commitBatches);
  if (commitGap !== null)
    return corrupt(`commits/${commitGap}`, "it is missing, but there are older and newer entries");
  const newest = offsetBatches.at(-1) ?? 0;
  const lastCommit = commitBatches.at(-1) ?? -1;
  if (lastCommit < newest - 1)
    return corrupt(`commits/${newest - 1}`, `it is missing, but there is an offsets/${newest}`);
  return null;
}

function decideSound(facts: RecoveryFacts): RecoveryDecision {
  const newest = facts.offsetBatches.at(-1);
  if (newest === undefined)
    return refuseAhead(claimsFrom(facts.sinks, 0), "nothing was ever logged") ?? { kind: "fresh" };
  const ahead = refuseAhead(claimsFrom(facts.sinks, newest + 1), `the last batch that was logged is ${newest}`);
  if (ahead !== null) return ahead;
  return facts.commitOfNewest.kind === "valid"
    ? decideCommitted(facts, facts.commitOfNewest.record)
    : decideOpen(facts, newest);
}

/** The newest batch is done. A sink may lack it: at-most-once commits before the sink does. */
function decideCommitted({ newestOffsets, sinks }: RecoveryFacts, commit: CommitRecord): RecoveryDecision {
  if (newestOffsets.kind !== "valid") return corruptEntry(newestOffsets, `offsets/${commit.batch}`);
  return refuseForeign(sinks, commit) ?? { kind: "resume", after: commit };
}

/** The newest batch has no commit, or one that is torn and counts as none. */
function decideOpen(facts: RecoveryFacts, newest: number): RecoveryDecision {
  const { lastCommit, newestOffsets, sinks } = facts;
  if (newest > 0 && lastCommit.kind !== "valid") return corruptEntry(lastCommit, `commits/${newest - 1}`);
  const after = lastCommit.kind === "valid" ? lastCommit.record : null;
  if (after?.drained) return corrupt(`offsets/${newest}`, `the query was drained with batch ${after.batch}`);
  const foreign = after === null ? null : refuseForeign(sinks, after);
  if (foreign !== null) return foreign;
  const claims = claimsFrom(sinks, newest);
  if (newestOffsets.kind !== "valid") return decideTorn(facts, { newest, after, isTouched: claims.length > 0 });
  if (claims.length > 0) return decideClaimed(facts, { newest, claims, offsets: newestOffsets.record });
  return { kind: "rerun", offsets: newestOffsets.record, after, abort: attemptsOf(facts.prepared) };
}

/** The newest offsets cannot be read: the batch can be planned anew if nothing can have come of them. */
function decideTorn(
  { newestOffsets, commitOfNewest, prepared }: RecoveryFacts,
  { newest, after, isTouched }: { newest: number; after: CommitRecord | null; isTouched: boolean },
): RecoveryDecision {
  const path = `offsets/${newest}`;
  if (isTouched || prepared.length > 0 || commitOfNewest.kind !== "missing") return corruptEntry(newestOffsets, path);
  const reason = newestOffsets.kind === "corrupt" ? newestOffsets.reason : "it is missing";
  return { kind: "discard", batch: newest, after, reason };
}

/** Some durable sink has the batch: its attempt is the one that counts, for every sink. */
function decideClaimed(
  { prepared, sinks }: RecoveryFacts,
  { newest, claims, offsets }: { newest: number; claims: readonly SinkClaim[]; offsets: OffsetRecord },
): RecoveryDecision {
  const { attempt } = claims[0].committed;
  const other = claims.find(({ committed }) => committed.attempt !== attempt);
  if (other !== undefined) return ahead(claims[0], `sink "${other.sink}" has it by attempt ${other.committed.attempt}`);
  const record = recordOf(prepared, attempt);
  if (record === null) return ahead(claims[0], `there is no whole prepared/${newest}-${attempt}`);
  const stranger = claims.find(({ sink }) => !record.sinks.some((own) => own.sink === sink));
  if (stranger !== undefined) return ahead(stranger, `prepared/${newest}-${attempt} is not meant for it`);
  const missing = record.sinks.filter(({ sink }) => !claims.some((claim) => claim.sink === sink));
  return (
    refuseCompletion(missing, { newest, sinks }) ?? {
      kind: "adopt",
      offsets,
      prepared: record,
      missing: missing.map(({ sink }) => sink),
    }
  );
}

/** A sink that lacks the attempt can get it only if it is there and its rows were stored. */
function refuseCompletion(
  missing: PreparedRecord["sinks"],
  { newest, sinks }: { newest: number; sinks: readonly SinkFact[] },
): Refusal | null {
  const gone = missing.find(({ sink }) => !sinks.some((fact) => fact.sink === sink));
  if (gone !== undefined) {
    const what = `Batch ${newest} is open: some sinks have it, and sink "${gone.sink}", which lacks it, is not part of the query any more`;
    return { kind: "refuse", code: "SINK_CHANGED", what, file: null };
  }
  const lost = missing.find(({ output }) => output === null);
  if (lost === undefined) return null;
  return corrupt(
    `prepared/${newest}`,
    `some sinks have the batch, and nothing was stored for sink "${lost.sink}", which lacks it`,
  );
}

/** A sink that has a committed batch by another attempt than the commit says. */
function refuseForeign(sinks: readonly SinkFact[], { batch, attempt }: CommitRecord): Refusal | null {
  const foreign = claimsFrom(sinks, batch).find(
    ({ committed }) => committed.batch === batch && committed.attempt !== attempt,
  );
  return foreign === undefined ? null : ahead(foreign, `commits/${batch} is of attempt ${attempt}`);
}

function refuseAhead(claims: readonly SinkClaim[], known: string): Refusal | null {
  return claims.length === 0 ? null : ahead(claims[0], known);
}

function ahead({ sink, committed }: SinkClaim, known: string): Refusal {
  const what = `Sink "${sink}" has batch ${committed.batch} by attempt ${committed.attempt}, but ${known}`;
  return { kind: "refuse", code: "SINK_AHEAD_OF_CHECKPOINT", what, file: null };
}

/** What sinks say of batch `first` and later ones. A sink whose answer does not survive a restart is not believed. */
function claimsFrom(sinks: readonly SinkFact[], first: number): readonly SinkClaim[] {
  return sinks.flatMap(({ sink, committed, durable }) =>
    durable && committed !== null && committed.batch >= first ? [{ sink, committed }] : [],
  );
}

function recordOf(prepared: readonly Found<PreparedRecord>[], attempt: number): PreparedRecord | null {
  for (const found of prepared) if (found.kind === "valid" && found.record.attempt === attempt) return found.record;
  return null;
}

/** Of entries that cannot be read, the name tells. */
function attemptsOf(prepared: readonly Found<PreparedRecord>[]): readonly number[] {
  return prepared.flatMap((found) => {
    if (found.kind === "valid") return found.record.attempt;
    if (found.kind === "missing") return [];
    return attemptOfName(found.path.slice(found.path.search(/[^/\\]*$/)))?.attempt ?? [];
  });
}

/** The number of the first entry that is missing between others. */
function gapIn(batches: readonly number[]): number | null {
  const at = batches.findIndex((batch, i) => i > 0 && batch !== batches[i - 1] + 1);
  return at < 0 ? null : batches[at - 1] + 1;
}

function corruptEntry(found: Found<unknown>, path: string): Refusal {
  return found.kind === "corrupt" ? corrupt(found.path, found.reason) : corrupt(path, "it is missing");
}

function corrupt(file: string, what: string): Refusal {
  return { kind: "refuse", code: "CHECKPOINT_CORRUPT", what: `${file} is damaged: ${what}`, file };
}
