import { unreachable } from "../../common/unreachable.js";
import type { StreamingPlan } from "../../plan/streaming-plan.js";
import type { TriggerContext } from "../operator.js";
import { AppendEncoder } from "./append-encoder.js";
import { ChangelogEncoder } from "./changelog-encoder.js";
import { CompleteEncoder } from "./complete-encoder.js";
import { Consolidator } from "./consolidator.js";
import { isNet } from "./is-net.js";
import type { OutputEncoder } from "./output-encoder.js";
import { PlainRows } from "./plain-rows.js";
import { ResultTable } from "./result-table.js";
import { RowSorter } from "./row-sorter.js";
import { UpdateEncoder } from "./update-encoder.js";

export interface EncoderOptions {
  readonly codegen: boolean;
  /** What is kept between triggers is checkpointed. */
  readonly durable: boolean;
  readonly context: () => TriggerContext;
}

/** The encoder of a plan's mode. */
export function createEncoder(plan: StreamingPlan, options: EncoderOptions): OutputEncoder {
  const { output: shape, root, mode } = plan;
  switch (mode) {
    case "append":
      return new AppendEncoder(shape, sorterOf(plan, options));
    case "update":
      if (shape.insertOnly || shape.key === null) return new AppendEncoder(shape, null);
      return new UpdateEncoder(shape, root.schema, { ...options, consolidator: consolidatorOf(plan, options) });
    case "complete": {
      const consolidator = shape.key === null ? null : consolidatorOf(plan, options);
      const table = new ResultTable(root.schema, shape.key, options);
      const plain = new PlainRows(root.schema);
      return new CompleteEncoder({ shape, plain, table, sorter: sorterOf(plan, options), consolidator });
    }
    case "changelog": {
      const net = shape.visibleCount === root.schema.fields.length && isNet(root);
      return new ChangelogEncoder(shape, net ? null : new Consolidator(shape.visible, options));
    }
    default:
      return unreachable(mode);
  }
}

function consolidatorOf({ root }: StreamingPlan, options: EncoderOptions): Consolidator | null {
  return isNet(root) ? null : new Consolidator(root.schema, options);
}

function sorterOf({ output }: StreamingPlan, options: EncoderOptions): RowSorter | null {
  return output.orders.length === 0 ? null : new RowSorter(output.orders, options);
}
