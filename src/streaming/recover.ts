import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { decideRecovery } from "../checkpoint/decide-recovery.js";
import type { CommitRecord, Json, OffsetRecord } from "../checkpoint/records.js";
import type { RecoveryDecision, SinkFact } from "../checkpoint/recovery-facts.js";
import { CheckpointError } from "../common/millrace-error.js";
import { unreachable } from "../common/unreachable.js";
import type { Pipeline } from "../execution/pipeline.js";
import type { CommitOrder } from "./durable-journal.js";
import { positionFromJson, type QueryPosition } from "./query-position.js";
import type { Continuation } from "./saved-query.js";
import type { SinkWriter } from "./sink-writer.js";
import { freshStart, type StartingPoint } from "./starting-point.js";
import type { StateChain } from "./state-chain.js";
import { decodeOutput } from "./stored-output.js";
import { inOrderOf, type PositionParts, restorePosition } from "./take-position.js";

/** What recovery acts on: nothing of it has run yet. */
export interface RecoveryParts extends PositionParts {
  readonly checkpoint: Checkpoint;
  readonly writers: readonly SinkWriter[];
  readonly order: CommitOrder;
  readonly state: StateChain;
  readonly pipeline: Pipeline;
  readonly warn: (message: string) => void;
  /** Refuses a query that cannot go on from the one whose fingerprint is given; else tells what goes on. */
  readonly compare: (fingerprint: Json) => Continuation;
}

/** Brings a query to where its checkpoint says that it stood, and finishes what can be finished without running it. */
export async function recover(parts: RecoveryParts): Promise<StartingPoint> {
  const facts = await parts.checkpoint.facts(await sinkFacts(parts));
  const decision = decideRecovery(facts);
  const known = offsetsOf(decision) ?? (facts.newestOffsets.kind === "valid" ? facts.newestOffsets.record : null);
  if (known === null || decision.kind === "refuse") return carryOut(parts, decision);
  const continuing = parts.compare(known.fingerprint);
  const start = await carryOut(parts, decision);
  return continued(parts, start, continuing);
}

/** Sources that are new, or stand elsewhere, know nothing of what was kept; records of the old query go by its order. */
function continued(parts: RecoveryParts, start: StartingPoint, { sources, watermarks }: Continuation): StartingPoint {
  const { unfinished } = start;
  return {
    ...start,
    sources: start.sources.map((saved, i) => (sources.has(parts.sourceNames[i]) ? saved : null)),
    unfinished:
      unfinished === null
        ? null
        : {
            ...unfinished,
            sources: unfinished.sources.filter(({ source }) => sources.has(source)),
            idle: inOrderOf(parts, watermarks, unfinished.idle).map((idle) => idle ?? false),
          },
  };
}

type Rerun = Extract<RecoveryDecision, { kind: "rerun" }>;

async function carryOut(parts: RecoveryParts, decision: RecoveryDecision): Promise<StartingPoint> {
  switch (decision.kind) {
    case "fresh":
      return freshStart(parts.sourceNames.length);
    case "resume":
      return resume(parts, decision.after, null);
    case "rerun":
      return rerun(parts, decision);
    case "adopt":
      return resume(parts, await adopt(parts, decision), null);
    case "discard":
      parts.warn(
        `The offsets of batch ${decision.batch} are not readable (${decision.reason}); the batch is planned anew.`,
      );
      await parts.checkpoint.discardOffsets(decision.batch);
      return resume(parts, decision.after, null);
    case "refuse":
      throw refusal(decision);
    default:
      return unreachable(decision);
  }
}

/**
 * A run that was taken for dead may have committed until the sinks had aborted its attempts, and cannot from then on: so the
 * sinks are asked once more before the attempts are forgotten.
 */
async function rerun(parts: RecoveryParts, decision: Rerun): Promise<StartingPoint> {
  const { checkpoint, writers } = parts;
  for (const attempt of decision.abort) for (const { sink } of writers) await sink.abort(attempt);
  const again = decision.abort.length === 0 ? decision : decideRecovery(await checkpoint.facts(await sinkFacts(parts)));
  if (again.kind !== "rerun") return carryOut(parts, again);
  for (const attempt of decision.abort) await checkpoint.discardAttempt(decision.offsets.batch, attempt);
  return resume(parts, decision.after, decision.offsets);
}

/** Completes the attempt in the sinks that lack it, from its stored output, then records the batch as done. */
async function adopt(
  { checkpoint, writers }: RecoveryParts,
  { offsets, prepared, missing }: Extract<RecoveryDecision, { kind: "adopt" }>,
): Promise<CommitRecord> {
  const permit = await checkpoint.adopt(prepared);
  for (const { sink, output } of prepared.sinks) {
    const writer = writers.find(({ name }) => name === sink);
    if (writer === undefined) continue;
    if (missing.includes(sink) && output !== null) {
      const { batch, attempt } = prepared;
      const staged = { batch, attempt, ranges: offsets.sources };
      await writer.stage(staged, decodeOutput(await checkpoint.readFile(output)));
    }
    // Also where the batch is: its run may have been stopped before it was done with it.
    await writer.commit(permit);
  }
  const { batch, attempt, state, next } = prepared;
  const sinks = prepared.sinks.map(({ sink }) => sink);
  const commit = { batch, attempt, sinks, state, next, drained: positionFromJson(next).isDrained };
  await checkpoint.commit(commit);
  return commit;
}

/** State, watermarks and counters as they were after that batch; the next trigger is the one after it. */
async function resume(
  parts: RecoveryParts,
  after: CommitRecord | null,
  unfinished: OffsetRecord | null,
): Promise<StartingPoint> {
  if (after === null) return { ...freshStart(parts.sourceNames.length), unfinished };
  const position = positionFromJson(after.next);
  await parts.state.restore(after.state);
  restorePosition(parts, position);
  parts.pipeline.restore(parts.clock.watermarks);
  return {
    batch: after.batch + 1,
    chosenAtMs: position.chosenAtMs,
    sources: parts.sourceNames.map((name) => sourceOf(position, name)),
    unfinished,
    isDrained: after.drained,
  };
}

function sourceOf({ sources }: QueryPosition, name: string): StartingPoint["sources"][number] {
  return sources.find(({ source }) => source === name) ?? null;
}

/** Where attempts are not prepared, what a sink has says nothing about what may be adopted. */
async function sinkFacts({ writers, order }: RecoveryParts): Promise<readonly SinkFact[]> {
  const facts: SinkFact[] = [];
  for (const { name, sink } of writers) {
    facts.push({ sink: name, committed: await sink.committed(), durable: order === "adoptable" && sink.durable });
  }
  return facts;
}

function offsetsOf(decision: RecoveryDecision): OffsetRecord | null {
  return decision.kind === "rerun" || decision.kind === "adopt" ? decision.offsets : null;
}

function refusal({ code, what, file }: Extract<RecoveryDecision, { kind: "refuse" }>): CheckpointError {
  return new CheckpointError(code, `${what}.`, {
    ...(file === null ? {} : { place: file }),
    hint: "Keep the directory as it is for analysis; go on from an older copy of it, or start with a new directory.",
  });
}
