import { analyse } from "./analyse.js";
import type { AnalysedNode } from "./analysed-node.js";
import { checkPure } from "./check-pure.js";
import { distinctAsAggregate } from "./distinct-as-aggregate.js";
import { finalise } from "./finalise.js";
import { placeLateFilters } from "./late-filters.js";
import { withLifetimes } from "./lifetimes.js";
import { dropSorts, type Lifted, liftOrder } from "./lift-order.js";
import { optimise } from "./optimise.js";
import type { OutputMode } from "./output-mode.js";
import { keyOf, outputShape } from "./output-shape.js";
import { finishPlan } from "./plan-batch.js";
import type { PlanNode } from "./plan-node.js";
import { planUpdate } from "./plan-update.js";
import { refuseAppend } from "./refuse-append.js";
import { requireReleaseOrder } from "./release-order.js";
import type { StreamingPlan } from "./streaming-plan.js";

export interface StreamOptions {
  readonly mode: OutputMode;
  /** The sink can carry out deletes in update mode. */
  readonly sinkDeletes: boolean;
  /** Default true. */
  readonly optimise?: boolean;
  /** The state outlives this plan: it does not depend on what the projections above it read. */
  readonly durable?: boolean;
  /** Every operator keeps the state of a retracting input; results must not change (law 20). */
  readonly forceRetracting?: boolean;
}

/**
 * Everything start() decides before anything is read: late filters, how state ends, what is sent. Throws a
 * StreamingRefusal for what is not defined in this mode.
 */
export function planStream(plan: PlanNode, request: StreamOptions): StreamingPlan {
  const analysed = analyse(plan);
  const lifted = liftOrder(analysed) ?? { node: analysed, orders: [] };
  const visibleCount = analysed.schema.fields.length;
  const { node, orders } = keepsOrder(request.mode) ? lifted : { node: withoutHidden(analysed, lifted), orders: [] };
  const timed = withLifetimes(placeLateFilters(node), request.forceRetracting ?? false);
  const inMode = planMode(timed, { request, orders, visibleCount });
  checkPure(inMode.root);
  // What the sink is told does not depend on the optimiser, which may find that rows change less than the user's plan says.
  const output = outputShape({ ...inMode, visibleCount, orders, mode: request.mode });
  const { durable = false } = request;
  const root = request.optimise === false ? inMode.root : optimise(inMode.root, { keepsAggregates: durable });
  return finishPlan(root, request.mode, output);
}

function keepsOrder(mode: OutputMode): boolean {
  return mode === "complete" || mode === "append";
}

/** Update and changelog carry no order, so nothing is handed on for it. */
function withoutHidden(analysed: AnalysedNode, lifted: Lifted): AnalysedNode {
  return lifted.node.schema.fields.length === analysed.schema.fields.length ? lifted.node : dropSorts(analysed);
}

interface ModeRequest {
  readonly request: StreamOptions;
  readonly orders: Lifted["orders"];
  readonly visibleCount: number;
}

interface Planned {
  readonly root: AnalysedNode;
  readonly key: readonly number[] | null;
}

function planMode(timed: AnalysedNode, { request, orders, visibleCount }: ModeRequest): Planned {
  switch (request.mode) {
    case "append": {
      const { node, failure } = finalise(timed);
      if (failure !== null) refuseAppend(failure, timed);
      const root = distinctAsAggregate(withLifetimes(node, request.forceRetracting ?? false));
      if (orders.length > 0) requireReleaseOrder(root, orders);
      return { root, key: keyOf(root, visibleCount) };
    }
    case "update":
      return planUpdate(timed, request.sinkDeletes);
    case "complete":
    case "changelog":
      return { root: timed, key: keyOf(timed, visibleCount) };
  }
}
