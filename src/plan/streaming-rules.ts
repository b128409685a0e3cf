import { StreamingRefusal } from "../common/millrace-error.js";
import type { OutputMode } from "./output-mode.js";
import type { PlanNode } from "./plan-node.js";
import { planStream } from "./plan-stream.js";
import { RULE_QUERIES, type RuleQuery } from "./rule-queries.js";

/** What start() says to one kind of query in one mode. */
export interface StreamingRule {
  readonly query: string;
  readonly hasWatermark: boolean;
  readonly mode: OutputMode;
  /** The code of the refusal, or null. */
  readonly refusal: string | null;
  /** Update mode works, but only into a sink that can delete. */
  readonly needsDeletes: boolean;
}

const MODES: readonly OutputMode[] = ["append", "update", "complete", "changelog"];

/** Every kind of query in every mode, with and without a watermark, as planStream decides. */
export function streamingRules(): readonly StreamingRule[] {
  return RULE_QUERIES.flatMap((query) =>
    [false, true].flatMap((hasWatermark) => MODES.map((mode) => decide(query, { hasWatermark, mode }))),
  );
}

function decide(
  { query, plan }: RuleQuery,
  { hasWatermark, mode }: Pick<StreamingRule, "hasWatermark" | "mode">,
): StreamingRule {
  const node = plan(hasWatermark);
  const refusal = refusalOf(node, { mode, sinkDeletes: true });
  const needsDeletes = refusal === null && refusalOf(node, { mode, sinkDeletes: false }) === "UPDATE_NEEDS_DELETE";
  return { query, hasWatermark, mode, refusal, needsDeletes };
}

function refusalOf(plan: PlanNode, request: Parameters<typeof planStream>[1]): string | null {
  try {
    planStream(plan, request);
    return null;
  } catch (error) {
    if (error instanceof StreamingRefusal) return error.code;
    throw error;
  }
}

/** The same as a table for the docs. */
export function streamingRulesTable(): string {
  const head = ["query", "watermark", ...MODES];
  const lines = [head, head.map(() => "---")];
  const rules = streamingRules();
  for (let i = 0; i < rules.length; i += MODES.length) {
    const row = rules.slice(i, i + MODES.length);
    lines.push([row[0].query, row[0].hasWatermark ? "yes" : "no", ...row.map(cell)]);
  }
  return `${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function cell({ refusal, needsDeletes }: StreamingRule): string {
  if (refusal !== null) return `\`${refusal}\``;
  return needsDeletes ? "yes, if the sink can delete" : "yes";
}
