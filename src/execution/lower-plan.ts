import { assert } from "../common/assert.js";
import { unreachable } from "../common/unreachable.js";
import type { AnalysedLateFilter, AnalysedNode } from "../plan/analysed-node.js";
import { NO_BOUND } from "../plan/bound-expression.js";
import { inferProperties } from "../plan/infer-properties.js";
import { inputsOf, isStateful } from "../plan/map-inputs.js";
import { isInsertOnly } from "../plan/properties.js";
import { stateName } from "../plan/state-name.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import { createHashAggregate } from "./aggregate/hash-aggregate.js";
import { createSessionAggregate } from "./aggregate/session-aggregate.js";
import { BoundCheck, protectedPaths } from "./bound-check.js";
import { isExpiring } from "./expiring-operator.js";
import { type ExpiringState, expiringState, nextRelease } from "./next-release.js";
import type { Operator, Output } from "./operator.js";
import type { MutableMetrics, OperatorDependencies } from "./operator-dependencies.js";
import { assignWindow } from "./operators/assign-window.js";
import { dropDuplicates } from "./operators/drop-duplicates.js";
import { Explode } from "./operators/explode.js";
import { Filter } from "./operators/filter.js";
import { LateFilter } from "./operators/late-filter.js";
import { LimitByArrival } from "./operators/limit-by-arrival.js";
import { Project } from "./operators/project.js";
import { Sort } from "./operators/sort.js";
import { TopN } from "./operators/top-n.js";
import { TrackWatermark } from "./operators/track-watermark.js";
import { Union } from "./operators/union.js";
import { createEncoder } from "./output/create-encoder.js";
import type { OutputEncoder } from "./output/output-encoder.js";
import {
  type MeteredOperator,
  type OperatorState,
  type Pipeline,
  type PipelineState,
  PlanPipeline,
} from "./pipeline.js";
import { type EdgeReader, keepsInput, readOfInput } from "./read-columns.js";
import { WatermarkTracker } from "./watermark-tracker.js";

export interface LowerOptions {
  readonly codegen: boolean;
  /** The state will be checkpointed. */
  readonly durable?: boolean;
  /** Tests: fail when a row crosses an edge below the edge's bound (law 8). */
  readonly checkBounds?: boolean;
}

/** The physical operators of a plan, wired together; every node of the plan gets one of its own. */
export function lowerPlan(plan: StreamingPlan, options: LowerOptions): Pipeline {
  return new Lowering(plan, options).pipeline();
}

function outputState(encoder: OutputEncoder): readonly OperatorState[] {
  const parts = encoder.stateParts?.();
  return parts === undefined ? [] : [{ operator: "output", title: "output", parts }];
}

/** Where an operator's output goes: a port of the next. */
class Port implements Output {
  readonly #operator: Operator;
  readonly #port: number;

  constructor(operator: Operator, port: number) {
    this.#operator = operator;
    this.#port = port;
  }

  emit(chunk: Parameters<Output["emit"]>[0]): void {
    this.#operator.process(this.#port, chunk);
  }
}

class Lowering {
  readonly #plan: StreamingPlan;
  readonly #options: LowerOptions;
  readonly #state: PipelineState = { context: { batchId: -1, batchTime: 0n }, watermarks: [], lateRows: [] };
  readonly #sources: Output[] = [];
  readonly #operators: Operator[] = [];
  readonly #trackers: WatermarkTracker[];
  readonly #metered = new Map<string, { operator: Operator | null; metrics: MutableMetrics[] }>();
  readonly #expiring: ExpiringState[] = [];
  readonly #stateOf: OperatorState[] = [];

  constructor(plan: StreamingPlan, options: LowerOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#trackers = plan.watermarks.map((node) => new WatermarkTracker(node));
    this.#state.watermarks = plan.watermarks.map(() => NO_BOUND);
  }

  pipeline(): Pipeline {
    const context = () => this.#state.context;
    const encoder = createEncoder(this.#plan, {
      codegen: this.#options.codegen,
      durable: this.#options.durable ?? false,
      context,
    });
    this.#lower(this.#plan.root, encoder, { read: null, keeps: true });
    return new PlanPipeline({
      state: this.#state,
      sources: this.#sources,
      operators: this.#operators,
      trackers: this.#trackers,
      metered: [...this.#metered].map(
        ([operatorName, { operator, metrics }]): MeteredOperator => ({ operatorName, operator, metrics }),
      ),
      encoder,
      stateOf: this.#options.durable === true ? [...this.#stateOf, ...outputState(encoder)] : [],
      nextRelease: (watermarks) => nextRelease(this.#expiring, watermarks),
    });
  }

  /** Inputs end up before their operator in the list, which is the order in which a trigger finishes. */
  #lower(node: AnalysedNode, above: Output, reader: EdgeReader): void {
    const output = this.#options.checkBounds === true ? this.#checked(node, above) : above;
    if (node.kind === "scan") {
      this.#sources[node.sourceIndex] = output;
      return;
    }
    const metrics: MutableMetrics = { rowsUpdated: 0, rowsRemoved: 0, rowsDroppedLate: 0 };
    const { codegen, durable = false } = this.#options;
    const dependencies = { output, codegen, durable, context: () => this.#state.context, metrics };
    const operator = this.#operatorOf(node, dependencies, reader);
    const below = { read: readOfInput(node, reader.read), keeps: keepsInput(node, reader.keeps) };
    for (const [port, input] of inputsOf(node).entries()) this.#lower(input, new Port(operator, port), below);
    this.#operators.push(operator);
    this.#meter(node, operator, metrics);
  }

  #operatorOf(
    node: Exclude<AnalysedNode, { kind: "scan" }>,
    dependencies: OperatorDependencies,
    { read, keeps }: EdgeReader,
  ): Operator {
    const watermarks = () => this.#state.watermarks;
    switch (node.kind) {
      case "project":
        return new Project(node, dependencies);
      case "filter":
        return new Filter(node, dependencies);
      case "explode":
        return new Explode(node, dependencies, read);
      case "window":
        return assignWindow(node, dependencies, { read, keeps });
      case "watermark":
        return new TrackWatermark(this.#trackers[node.watermarkId], { ...dependencies, watermarks });
      case "lateFilter":
        return new LateFilter(node, {
          ...dependencies,
          watermarks,
          lateRows: (batch) => this.#state.lateRows.push(batch),
        });
      case "aggregate":
        return createHashAggregate(node, dependencies);
      case "sessionAggregate":
        return createSessionAggregate(node, dependencies);
      case "dropDuplicates":
        return dropDuplicates(node, dependencies);
      case "topN":
        return new TopN(node, dependencies, { insertOnly: isInsertOnly(inferProperties(node.input)) });
      case "limit":
        return this.#limit(node, dependencies);
      case "sort":
        return new Sort(dependencies);
      case "union":
        return new Union(node, dependencies);
      default:
        return unreachable(node);
    }
  }

  #limit(node: Extract<AnalysedNode, { kind: "limit" }>, dependencies: OperatorDependencies): Operator {
    const insertOnly = isInsertOnly(inferProperties(node.input));
    return node.byArrival && insertOnly
      ? new LimitByArrival(node, dependencies)
      : new TopN(node, dependencies, { insertOnly });
  }

  /** A late filter counts for the operator it protects. */
  #meter(node: AnalysedNode, operator: Operator, metrics: MutableMetrics): void {
    if (node.kind === "lateFilter") this.#meteredAs(node).metrics.push(metrics);
    if (!isStateful(node)) return;
    const metered = this.#meteredAs(node);
    assert(metered.operator === null, `operator names are unique, ${node.operatorName} is not`);
    metered.operator = operator;
    metered.metrics.push(metrics);
    const parts = this.#options.durable === true ? operator.stateParts?.() : undefined;
    if (parts !== undefined) this.#stateOf.push({ operator: stateName(node), title: node.operatorName, parts });
    if ("lifetime" in node && isExpiring(operator)) this.#expiring.push(expiringState(operator, node));
  }

  #meteredAs({ operatorName }: Pick<AnalysedLateFilter, "operatorName">): {
    operator: Operator | null;
    metrics: MutableMetrics[];
  } {
    const metered = this.#metered.get(operatorName) ?? { operator: null, metrics: [] };
    this.#metered.set(operatorName, metered);
    return metered;
  }

  #checked(node: AnalysedNode, above: Output): Output {
    const paths = protectedPaths(node);
    return paths.size === 0 ? above : new BoundCheck({ node, paths, watermarks: () => this.#state.watermarks, above });
  }
}
