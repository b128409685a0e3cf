import { checkOptions, type Options } from "../common/check-options.js";
import { OptionError } from "../common/millrace-error.js";
import type { LatePolicy, PlanNode, WatermarkNode } from "../plan/plan-node.js";
import { fixedMicros, parseInterval } from "../types/interval.js";

const LATE_POLICIES: readonly LatePolicy[] = ["operator", "source", "strict", "never"];

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
  checkOptions(options as Options, ["idleTimeout", "late"], "withWatermark");
  const { idleTimeout, late = "operator" } = options;
  requireLatePolicy(late);
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

function requireLatePolicy(late: LatePolicy): void {
  if (LATE_POLICIES.includes(late)) return;
  throw new OptionError("OPTION_VALUE", `withWatermark: late is "${String(late)}".`, {
    hint: `Use ${LATE_POLICIES.join(", ")}.`,
  });
}
