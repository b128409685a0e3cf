import type { Chunk } from "../columnar/chunk.js";
import type { Platform } from "../common/platform.js";
import { codegenAllowed } from "../execution/expressions/codegen-allowed.js";
import { lowerPlan } from "../execution/lower-plan.js";
import { lateRowsSchema } from "../execution/operators/late-rows-schema.js";
import type { Engine, QueryHandle, StreamRequest } from "../plan/engine.js";
import { explainBatch, explainStream } from "../plan/explain.js";
import { planBatch } from "../plan/plan-batch.js";
import type { PlanNode } from "../plan/plan-node.js";
import { planStream } from "../plan/plan-stream.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import type { SinkRegistry } from "../sinks/sink-registry.js";
import type { Sink, SinkShape } from "../sinks/sink.js";
import type { SourceRegistry } from "../sources/source-registry.js";
import { collectBatch } from "./collect-batch.js";
import { EventTimeClock } from "./event-time-clock.js";
import { isoInstant } from "./iso-instant.js";
import { MicroBatchQuery, type QueryIdentity } from "./micro-batch-query.js";
import { QueryManager } from "./query-manager.js";
import { SinkWriter } from "./sink-writer.js";
import { SourceReader } from "./source-reader.js";
import { TriggerLoop } from "./trigger-loop.js";
import { refuseSinkMode } from "./refuse-sink-mode.js";

export interface EngineParts {
  readonly platform: Platform;
  readonly sources: SourceRegistry;
  readonly sinks: SinkRegistry;
  /** False forbids generated code even where the platform allows it. */
  readonly codegen?: boolean;
}

/** Runs plans in this process, on this thread. */
export class LocalEngine implements Engine {
  readonly queries: QueryManager;
  readonly #parts: EngineParts;
  readonly #codegen: boolean;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#codegen = (parts.codegen ?? true) && codegenAllowed();
    this.queries = new QueryManager((message) => parts.platform.warn(message));
  }

  collect(plan: PlanNode, signal?: AbortSignal): Promise<readonly Chunk[]> {
    const planned = planBatch(plan);
    const readers = this.#readersOf(planned);
    const pipeline = lowerPlan(planned, { codegen: this.#codegen });
    return collectBatch({ pipeline, readers, platform: this.#parts.platform, signal: signal ?? new AbortController().signal });
  }

  explain(plan: PlanNode, kind: "batch" | "stream"): string {
    if (kind === "batch") return explainBatch(plan);
    return explainStream(planStream(plan, { mode: "changelog", sinkDeletes: true }));
  }

  async start(request: StreamRequest): Promise<QueryHandle> {
    this.queries.checkName(request.name);
    const sink = this.#parts.sinks.open(request.sink.id);
    refuseSinkMode(sink, request.mode);
    const plan = planStream(request.plan, { mode: request.mode, sinkDeletes: sink.deletes });
    const identity: QueryIdentity = {
      id: this.#parts.platform.random.uuid(),
      runId: this.#parts.platform.random.uuid(),
      name: request.name,
    };
    const readers = this.#readersOf(plan);
    const sinkWriter = await this.#openSink(sink, identity, plan);
    const lateSink = await this.#openLateSink(request, identity, plan);
    const loop = this.#loopOf({ request, plan, identity, readers, sinkWriter, lateSink });
    const query = new MicroBatchQuery({
      identity,
      plan,
      loop,
      sleep: (ms, signal) => this.#parts.platform.clock.sleep(ms, signal),
    });
    this.#launch(query, loop, request.signal);
    return query;
  }

  #readersOf(plan: StreamingPlan): readonly SourceReader[] {
    return plan.sources.map((description) => new SourceReader(description, this.#parts.sources.open(description.id)));
  }

  async #openSink(sink: Sink, identity: QueryIdentity, plan: StreamingPlan): Promise<SinkWriter> {
    const writer = new SinkWriter(sink);
    await writer.open(identity.id, "main", shapeOf(plan));
    return writer;
  }

  async #openLateSink(request: StreamRequest, identity: QueryIdentity, plan: StreamingPlan): Promise<SinkWriter | null> {
    if (request.lateRows === null) return null;
    const schema = lateRowsSchema(plan);
    const writer = new SinkWriter(this.#parts.sinks.open(request.lateRows.id));
    await writer.open(identity.id, "late", { mode: "append", schema, key: null, deletes: false });
    return writer;
  }

  #loopOf(parts: {
    request: StreamRequest;
    plan: StreamingPlan;
    identity: QueryIdentity;
    readers: readonly SourceReader[];
    sinkWriter: SinkWriter;
    lateSink: SinkWriter | null;
  }): TriggerLoop {
    const { request, plan, identity } = parts;
    const { maxRowsPerTrigger, maxBytesPerTrigger, maxFilesPerTrigger } = request.limits;
    return new TriggerLoop({
      identity,
      pipeline: lowerPlan(plan, { codegen: this.#codegen }),
      readers: parts.readers,
      clock: new EventTimeClock(plan.watermarks),
      sink: parts.sinkWriter,
      lateSink: parts.lateSink,
      trigger: request.trigger,
      limit: { maxRows: maxRowsPerTrigger, maxBytes: maxBytesPerTrigger, maxFiles: maxFilesPerTrigger },
      platform: this.#parts.platform,
      events: {
        progressed: (progress) => this.queries.progressed(progress),
        idled: (ms) => this.queries.idled(identity, isoInstant(BigInt(Math.trunc(ms)) * 1000n)),
      },
    });
  }

  /** Registers the query, ties it to signals, and lets it run; its promise is owned by the handle's `ended`. */
  #launch(query: MicroBatchQuery, loop: TriggerLoop, signal: AbortSignal | null): void {
    const { platform } = this.#parts;
    const release = platform.keepAlive();
    const stop = (): void => loop.requestStop();
    const forget = platform.onInterrupt(stop);
    signal?.addEventListener("abort", stop);
    this.queries.started(query);
    if (signal?.aborted) stop();
    void loop.run(() => {
      release();
      forget();
      signal?.removeEventListener("abort", stop);
      this.queries.ended(query);
    });
  }
}

function shapeOf(plan: StreamingPlan): SinkShape {
  const { visible, visibleKey, deletes } = plan.output;
  return { mode: plan.mode, schema: visible, key: visibleKey, deletes: plan.mode === "update" && deletes };
}
