import type { Output, TriggerContext } from "./operator.js";

/** What every physical operator is handed when it is built. */
export interface OperatorDependencies {
  readonly output: Output;
  /** `new Function` may be used. */
  readonly codegen: boolean;
  /** Its state is checkpointed: it notes what changes, and offers `stateParts`. */
  readonly durable: boolean;
  /** Of the trigger that runs. */
  readonly context: () => TriggerContext;
  readonly metrics: MutableMetrics;
}

/** Counters of one operator over one trigger; the pipeline sets them to 0 before each. */
export interface MutableMetrics {
  rowsUpdated: number;
  rowsRemoved: number;
  rowsDroppedLate: number;
}
