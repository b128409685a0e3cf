import type { Chunk } from "../../src/columnar/chunk.js";
import { chunkFromObjects } from "../../src/columnar/from-objects.js";
import type { Platform } from "../../src/common/platform.js";
import { DataFrame } from "../../src/dataframe/data-frame.js";
import type { Unknown } from "../../src/dataframe/frame-columns.js";
import type { FrameHost } from "../../src/dataframe/frame-host.js";
import type { Engine } from "../../src/plan/engine.js";
import type { PlanNode } from "../../src/plan/plan-node.js";
import type { Schema } from "../../src/types/data-type.js";

export interface Stub<S> {
  readonly frame: DataFrame<S>;
  readonly printed: string[];
  /** Plans that were asked for, in order. */
  readonly collected: PlanNode[];
}

/** A frame over one source, on an engine that answers every plan with the same rows. */
export function stubFrame<S = Unknown>(
  schema: Schema,
  options: { rows?: object[]; streaming?: boolean; bounded?: boolean; resultSchema?: Schema } = {},
): Stub<S> {
  const { rows = [], streaming = false, bounded = !streaming, resultSchema = schema } = options;
  const printed: string[] = [];
  const collected: PlanNode[] = [];
  const engine: Pick<Engine, "collect" | "explain"> = {
    collect: async (plan: PlanNode): Promise<readonly Chunk[]> => {
      collected.push(plan);
      return [chunkFromObjects(resultSchema, rows as Record<string, unknown>[])];
    },
    explain: (_plan: PlanNode, kind: "batch" | "stream") => `the ${kind} plan`,
  };
  const terminal = { write: (text: string) => void printed.push(text), width: () => null };
  const host = { engine, platform: { terminal } as unknown as Platform } as unknown as FrameHost;
  const source = { id: "source-0", label: "rows", schema, bounded, insertOnly: true, streaming };
  return { frame: new DataFrame<S>(host, { kind: "scan", source }), printed, collected };
}
