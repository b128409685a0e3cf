import type { LatePolicy, PlanNode, WatermarkNode } from "../plan/plan-node.js";
import { fixedMicros, parseInterval } from "../types/interval.js";

export interface WatermarkOptions {
  /** A source that has been silent this long no longer holds the watermark of others back. */
  readonly idleTimeout?: string;
  /** Which rows are late; "operator" unless set. */
  readonly late?: LatePolicy;
}

/** What withWatermark is given, in words. */
export interface WatermarkText {
  readonly column: string;
  readonly delay: string;
  readonly options: WatermarkOptions;
}

export function watermarkNode(input: PlanNode, { column, delay, options }: WatermarkText): WatermarkNode {
  const { idleTimeout, late = "operator" } = options;
  return {
    kind: "watermark",
    input,
    column,
    delay: fixedMicros(parseInterval(delay), "the delay of a watermark"),
    idleTimeout:
      idleTimeout === undefined ? null : fixedMicros(parseInterval(idleTimeout), "the idle timeout of a watermark"),
    late,
  };
}
