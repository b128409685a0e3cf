import { StreamingRefusal } from "../common/millrace-error.js";
import type { Guarantee, QueryGuarantee } from "../plan/engine.js";
import type { CommitOrder } from "./durable-journal.js";

/** What the parts of a query can do. */
export interface GuaranteeFacts {
  readonly hasCheckpoint: boolean;
  readonly sources: readonly { readonly label: string; readonly replayable: boolean }[];
  readonly sinks: readonly { readonly label: string; readonly idempotent: boolean; readonly durable: boolean }[];
  /** null: the strongest. */
  readonly asked: Guarantee | null;
}

const STRENGTH: Record<Guarantee, number> = { "at-most-once": 0, "at-least-once": 1, "exactly-once": 2 };

/**
 * What a query promises about every row of its sources, over restarts and crashes: the strongest that the pair of sources
 * and sinks can give, or what was asked for.
 * @throws StreamingRefusal GUARANTEE_TOO_STRONG when more was asked for than the pair can give
 */
export function deriveGuarantee(facts: GuaranteeFacts): QueryGuarantee {
  const strongest = strongestOf(facts);
  const { asked } = facts;
  if (asked === null || asked === strongest.level) return strongest;
  if (STRENGTH[asked] < STRENGTH[strongest.level]) return { level: asked, reason: "asked for" };
  throw new StreamingRefusal("GUARANTEE_TOO_STRONG", `The query cannot be ${asked}: ${strongest.reason}.`, {
    place: "writeStream.guarantee",
    hint: `${wayOut(facts)} Or ask for "${strongest.level}".`,
  });
}

/**
 * A sink that knows over restarts what it has must never get a batch by two attempts: with one among the sinks every
 * attempt is made adoptable. The others are told before the commit record; after it where that was asked for, and where a
 * batch that comes again would repeat rows: it has none of a source that cannot be read again, but all of one beside it.
 */
export function commitOrderOf({ asked, sources, sinks }: GuaranteeFacts): CommitOrder {
  const isMixed = sources.some(({ replayable }) => replayable) && sources.some(({ replayable }) => !replayable);
  const knowsAll = sinks.every(({ idempotent }) => idempotent);
  if (asked === "at-most-once" || (isMixed && !knowsAll)) return "commit-first";
  return knowsAll || sinks.some(({ durable }) => durable) ? "adoptable" : "deliver-first";
}

function strongestOf({ hasCheckpoint, sources, sinks }: GuaranteeFacts): QueryGuarantee {
  const lossy = sources.find(({ replayable }) => !replayable);
  if (lossy !== undefined) {
    return { level: "at-most-once", reason: `${lossy.label} cannot be read again after a failure` };
  }
  if (!hasCheckpoint) return { level: "at-least-once", reason: "there is no checkpoint: a restart begins again" };
  const repeating = sinks.find(({ idempotent }) => !idempotent);
  if (repeating === undefined) {
    return { level: "exactly-once", reason: "sources can be replayed and sinks know what they have" };
  }
  return { level: "at-least-once", reason: `${repeating.label} cannot tell a repeated batch` };
}

function wayOut({ hasCheckpoint, sources }: GuaranteeFacts): string {
  if (sources.some(({ replayable }) => !replayable))
    return "Use { capture: true } on the source, or one that can be replayed.";
  if (!hasCheckpoint) return "Add .checkpoint(directory).";
  return "Use a sink that keeps the batch number with its rows (files, memory, Kafka with transactions).";
}
