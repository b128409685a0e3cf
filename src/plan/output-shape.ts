import type { AnalysedNode, ResolvedOrder } from "./analysed-node.js";
import { inferProperties } from "./infer-properties.js";
import type { OutputMode } from "./output-mode.js";
import { isInsertOnly } from "./properties.js";
import type { OutputShape } from "./streaming-plan.js";

/** The root of a plan, and how many of its columns the user sees. */
export interface VisibleRoot {
  readonly root: AnalysedNode;
  readonly visibleCount: number;
  readonly key: readonly number[] | null;
  readonly orders: readonly ResolvedOrder[];
  readonly mode: OutputMode;
}

export function outputShape({ root, visibleCount, key, orders, mode }: VisibleRoot): OutputShape {
  const properties = inferProperties(root);
  return {
    visible: { fields: root.schema.fields.slice(0, visibleCount) },
    visibleCount,
    key,
    visibleKey: key?.every((ordinal) => ordinal < visibleCount) === true ? key : null,
    deletes: mode === "update" && properties.kinds.delete,
    insertOnly: isInsertOnly(properties),
    orders,
  };
}

/** The best key among those that only visible columns make up, else any. */
export function keyOf(root: AnalysedNode, visibleCount: number): readonly number[] | null {
  const { keys } = inferProperties(root);
  const visible = keys.filter((key) => key.every((ordinal) => ordinal < visibleCount));
  return (visible.length > 0 ? visible : keys).reduce<readonly number[] | null>(
    (best, key) => (best === null || key.length < best.length ? key : best),
    null,
  );
}
