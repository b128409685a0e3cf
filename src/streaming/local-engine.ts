import type { Chunk } from "../columnar/chunk.js";
import type { Platform } from "../common/platform.js";
import { codegenAllowed } from "../execution/expressions/codegen-allowed.js";
import { lowerPlan } from "../execution/lower-plan.js";
import type { Engine, QueryHandle, StreamRequest } from "../plan/engine.js";
import { explainBatch, explainStream } from "../plan/explain.js";
import { planBatch } from "../plan/plan-batch.js";
import type { PlanNode } from "../plan/plan-node.js";
import { planStream } from "../plan/plan-stream.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import type { SinkRegistry } from "../sinks/sink-registry.js";
import type { SourceRegistry } from "../sources/source-registry.js";
import { closeAll } from "./close-all.js";
import { collectBatch } from "./collect-batch.js";
import { InterruptWatch } from "./interrupt-watch.js";
import { MicroBatchQuery, type QueryIdentity } from "./micro-batch-query.js";
import { type OpenedQuery, openQuery } from "./open-query.js";
import { QueryManager } from "./query-manager.js";
import { RestartingLoop } from "./restarting-loop.js";
import { SourceReader } from "./source-reader.js";
import { type LoopEvents, TriggerLoop } from "./trigger-loop.js";

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
  readonly #interrupts: InterruptWatch;

  constructor(parts: EngineParts) {
    const { platform } = parts;
    this.#parts = parts;
    this.#codegen = (parts.codegen ?? true) && codegenAllowed();
    this.#interrupts = new InterruptWatch((stop) => platform.onInterrupt(stop));
    this.queries = new QueryManager({ clock: platform.clock, warn: (message) => platform.warn(message) });
  }

  async collect(plan: PlanNode, signal: AbortSignal = new AbortController().signal): Promise<readonly Chunk[]> {
    signal.throwIfAborted();
    const planned = planBatch(plan);
    const pipeline = lowerPlan(planned, { codegen: this.#codegen });
    const readers = await this.#readersOf(planned);
    return collectBatch({ pipeline, readers, platform: this.#parts.platform, signal });
  }

  explain(plan: PlanNode, kind: "batch" | "stream"): string {
    if (kind === "batch") return explainBatch(plan);
    return explainStream(planStream(plan, { mode: "changelog", sinkDeletes: true }));
  }

  async start(request: StreamRequest): Promise<QueryHandle> {
    this.queries.claimName(request.name);
    try {
      return await this.#start(request);
    } catch (error) {
      this.queries.releaseName(request.name);
      throw error;
    }
  }

  async #start(request: StreamRequest): Promise<QueryHandle> {
    const { random } = this.#parts.platform;
    const identity = { id: random.uuid(), runId: random.uuid(), name: request.name };
    const open = (): Promise<OpenedQuery> => openQuery({ ...this.#parts, codegen: this.#codegen }, request, identity);
    return this.#launch(await open(), request, open);
  }

  /** A fresh reader for every scan; when one cannot be had, none stays. */
  async #readersOf(plan: StreamingPlan): Promise<readonly SourceReader[]> {
    const readers: SourceReader[] = [];
    try {
      for (const description of plan.sources) {
        readers.push(new SourceReader(description, this.#parts.sources.open(description)));
      }
    } catch (error) {
      await closeAll(readers);
      throw error;
    }
    return readers;
  }

  /** Registers the query, ties it to signals, and lets it run; its end is told through the handle. */
  #launch(opened: OpenedQuery, request: StreamRequest, open: () => Promise<OpenedQuery>): QueryHandle {
    const { platform } = this.#parts;
    const { identity } = opened.parts;
    const events = this.#eventsOf(identity);
    const stop = (): void => loop.requestStop();
    const loop = new RestartingLoop({
      first: new TriggerLoop({ ...opened.parts, events }),
      restart: request.restart,
      reopen: async () => new TriggerLoop({ ...(await open()).parts, events }),
      clock: platform.clock,
      warn: (message) => platform.warn(message),
      ended: () => {
        release();
        forget();
        request.signal?.removeEventListener("abort", stop);
        this.queries.ended(query);
      },
    });
    const sleep = (ms: number, signal: AbortSignal): Promise<void> => platform.clock.sleep(ms, signal);
    const query = new MicroBatchQuery({ identity, plan: opened.plan, guarantee: opened.guarantee, loop, sleep });
    const release = platform.keepAlive();
    const forget = this.#interrupts.add(stop);
    request.signal?.addEventListener("abort", stop);
    this.queries.started(query);
    if (request.signal?.aborted === true) stop();
    void loop.run();
    return query;
  }

  #eventsOf(identity: QueryIdentity): LoopEvents {
    return {
      progressed: (record) => this.queries.progressed(record),
      idled: (atMs) => this.queries.idled(identity, atMs),
    };
  }
}
