import type { Chunk } from "../columnar/chunk.js";
import type { Watermarks } from "../plan/bound-expression.js";
import type { StatePart } from "../state/state-part.js";

/**
 * A physical operator: chunks in, chunks out. No clock, no I/O, no promise.
 *
 * Per trigger, in topological order: `process` any number of times; when every input has finished AND advanced:
 * `finish()` (send the net changes of the trigger), then `advance(new watermarks)` (release finals, evict).
 * Everything an operator sends goes to `output` at once, so a parent has the whole delta, its children's finals
 * included, before its own finish.
 * What callers must do: never call process after finish within a trigger; watermarks never go down.
 * What nobody checks: chunks match the schema the operator was built for.
 */
export interface Operator {
  process(port: number, chunk: Chunk): void;
  finish(): void;
  advance(watermarks: Watermarks): void;
  /** Live state, for progress and for law 13; stateless operators give zeros. */
  stateSize(): StateSize;
  /** What a checkpoint keeps of it, in the order in which it is restored; absent where there is none. Only of operators made `durable`. */
  stateParts?(): readonly StatePart[];
}

export interface StateSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Where an operator sends: the next operator's port, or the sink. Chunks are never empty. */
export interface Output {
  emit(chunk: Chunk): void;
}

/** What changes per trigger and is the same in a replay: read by impure expressions. */
export interface TriggerContext {
  readonly batchId: number;
  /** Microseconds; what now() gives. */
  readonly batchTime: bigint;
}
