/** Facts about one turn of the trigger loop, already read. */
export interface TriggerFacts {
  readonly hasNewRows: boolean;
  /** Some source turned out to have ended and no trigger has told the plan yet. */
  readonly newlyEnded: boolean;
  /** Every source has ended and the plan knows. */
  readonly allEnded: boolean;
  /** An idle timeout has run out, and a watermark moves for it without data. */
  readonly idleMoves: boolean;
  readonly drainRequested: boolean;
  readonly trigger: "asSoonAsPossible" | "processingTime" | "availableNow" | "once";
  /** Triggers this run has already finished. */
  readonly triggersRun: number;
}

/** run: one trigger. drain: one trigger with every bound at +infinity, then end. wait: until something changes. end: nothing more will come. */
export type TriggerDecision = "run" | "drain" | "wait" | "end";

/** What the loop does next (DESIGN 4.1: no trigger runs without a reason). Pure. */
export function decideTrigger(facts: TriggerFacts): TriggerDecision {
  const isSpent = facts.trigger === "once" && facts.triggersRun > 0;
  if (!isSpent && (facts.hasNewRows || facts.newlyEnded)) return "run";
  if (facts.allEnded) return "end";
  if (facts.drainRequested) return "drain";
  if (facts.trigger === "availableNow" || facts.trigger === "once") return "end";
  return facts.idleMoves ? "run" : "wait";
}
