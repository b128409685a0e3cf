import { Checkpoint } from "../checkpoint/checkpoint.js";
import type { Platform } from "../common/platform.js";
import { lowerPlan } from "../execution/lower-plan.js";
import type { Pipeline } from "../execution/pipeline.js";
import type { CheckpointRequest, QueryGuarantee, StreamRequest } from "../plan/engine.js";
import { planStream } from "../plan/plan-stream.js";
import type { StreamingPlan } from "../plan/streaming-plan.js";
import type { SinkRegistry } from "../sinks/sink-registry.js";
import type { SourceRegistry } from "../sources/source-registry.js";
import { type Closable, closeAll } from "./close-all.js";
import { commitOrderOf, deriveGuarantee, type GuaranteeFacts } from "./derive-guarantee.js";
import { DurableJournal } from "./durable-journal.js";
import { EventTimeClock } from "./event-time-clock.js";
import { LateRowStore } from "./late-row-store.js";
import { lostContent } from "./lost-content.js";
import type { QueryIdentity } from "./micro-batch-query.js";
import { lateSink, mainSink, type OpenSinks, openSinks, type PlannedSink } from "./open-sinks.js";
import { recover } from "./recover.js";
import { refuseSinkMode } from "./refuse-sink-mode.js";
import { requireContinuable, savedQueryOf } from "./saved-query.js";
import { sourceNamesOf } from "./source-names.js";
import { SourceReader } from "./source-reader.js";
import { freshStart } from "./starting-point.js";
import { StateChain } from "./state-chain.js";
import { volatileJournal } from "./trigger-journal.js";
import type { LoopParts } from "./trigger-loop.js";

/** What an opening needs from around it. */
export interface OpeningParts {
  readonly platform: Platform;
  readonly sources: SourceRegistry;
  readonly sinks: SinkRegistry;
  readonly codegen: boolean;
}

/** A query that is ready to run: everything is open, and restored. */
export interface OpenedQuery {
  readonly plan: StreamingPlan;
  readonly guarantee: QueryGuarantee;
  readonly parts: Omit<LoopParts, "events">;
}

/** What has been decided before anything is opened. */
interface PlannedQuery {
  readonly plan: StreamingPlan;
  readonly pipeline: Pipeline;
  readonly main: PlannedSink;
  readonly late: PlannedSink | null;
  readonly sourceNames: readonly string[];
}

/**
 * Plans a query and opens what it needs: checkpoint, sources, sinks; then restores it. Everything that can be refused from
 * the plan alone is refused before anything is opened; when anything fails, nothing stays open. `fresh`: who it is when no
 * checkpoint knows it.
 */
export async function openQuery(
  around: OpeningParts,
  request: StreamRequest,
  fresh: QueryIdentity,
): Promise<OpenedQuery> {
  const planned = planQuery(around, request);
  const { checkpoint } = request;
  const log = checkpoint === null ? null : await openCheckpoint(around.platform, checkpoint, request.signal);
  const opened: Closable[] = log === null ? [] : [log];
  try {
    const readers = openReaders(around, request, { planned, log, opened });
    const facts = guaranteeFacts(request, planned, readers);
    const guarantee = deriveGuarantee(facts);
    const identity = { ...fresh, id: log?.queryId ?? fresh.id };
    const sinks = await openSinks(identity.id, planned.main, planned.late);
    opened.push(sinks.sink.sink, ...(sinks.late === null ? [] : [sinks.late.writer.sink]));
    const parts = partsOf(around, request, { planned, readers, sinks, identity });
    if (log === null) return { plan: planned.plan, guarantee, parts };
    return { plan: planned.plan, guarantee, parts: await durable(parts, request, { log, planned, guarantee, facts }) };
  } catch (error) {
    const reason = log === null ? error : await log.reasonOf(error);
    await closeAll(opened.reverse());
    throw reason;
  }
}

function planQuery({ sinks, codegen }: OpeningParts, request: StreamRequest): PlannedQuery {
  const sink = sinks.open(request.sink);
  refuseSinkMode(sink, request.mode);
  const durable = request.checkpoint !== null;
  const plan = planStream(request.plan, { mode: request.mode, sinkDeletes: sink.deletes, durable });
  const pipeline = lowerPlan(plan, { codegen, durable });
  return {
    plan,
    pipeline,
    main: mainSink(sink, plan),
    late: lateSink(sinks, request, plan),
    sourceNames: sourceNamesOf(plan),
  };
}

function openCheckpoint(
  platform: Platform,
  request: CheckpointRequest,
  signal: AbortSignal | null,
): Promise<Checkpoint> {
  const { clock, files, processes, random, crc32 } = platform;
  const { directory, fsync, retainBatches, forceUnlock, standby } = request;
  return Checkpoint.open(
    { files, clock, processes, random, crc32, warn: (message) => platform.warn(message) },
    { directory, fsync, retainBatches, forceUnlock, standby },
    signal ?? new AbortController().signal,
  );
}

/** A fresh reader for every scan. */
function openReaders(
  { platform, sources }: OpeningParts,
  { checkpoint }: StreamRequest,
  into: { planned: PlannedQuery; log: Checkpoint | null; opened: Closable[] },
): readonly SourceReader[] {
  const { planned, log, opened } = into;
  return planned.plan.sources.map((description, i) => {
    const storage =
      log === null || checkpoint === null
        ? null
        : { files: platform.files, fsync: checkpoint.fsync, ...log.sourceStorage(planned.sourceNames[i]) };
    const reader = new SourceReader(description, sources.open(description, storage));
    opened.push(reader);
    return reader;
  });
}

function guaranteeFacts(
  request: StreamRequest,
  { main, late }: PlannedQuery,
  readers: readonly SourceReader[],
): GuaranteeFacts {
  return {
    hasCheckpoint: request.checkpoint !== null,
    sources: readers.map(({ description, source }) => ({ label: description.label, replayable: source.replayable })),
    sinks: (late === null ? [main] : [main, late]).map(({ sink }) => sink),
    asked: request.guarantee,
  };
}

/** Without a checkpoint: the query begins at the beginning, and what it knows ends with it. */
function partsOf(
  { platform }: OpeningParts,
  request: StreamRequest,
  opened: { planned: PlannedQuery; readers: readonly SourceReader[]; sinks: OpenSinks; identity: QueryIdentity },
): OpenedQuery["parts"] {
  const { planned, readers, sinks, identity } = opened;
  const { pipeline, sourceNames } = planned;
  const { maxRowsPerTrigger, maxBytesPerTrigger, maxFilesPerTrigger } = request.limits;
  return {
    ...sinks,
    identity,
    pipeline,
    readers,
    sourceNames,
    platform,
    clock: new EventTimeClock(pipeline.watermarks, platform.clock.now()),
    lateRows: new LateRowStore(),
    journal: volatileJournal,
    start: freshStart(readers.length),
    trigger: request.trigger,
    limit: { maxRows: maxRowsPerTrigger, maxBytes: maxBytesPerTrigger, maxFiles: maxFilesPerTrigger },
    maxStateBytes: request.maxStateBytes,
    stopTimeoutMs: request.checkpoint === null ? 0 : request.stopTimeoutMs,
  };
}

/** The same, restored from its checkpoint, and writing to it from here on. */
async function durable(
  parts: OpenedQuery["parts"],
  request: StreamRequest,
  opened: { log: Checkpoint; planned: PlannedQuery; guarantee: QueryGuarantee; facts: GuaranteeFacts },
): Promise<OpenedQuery["parts"]> {
  const { log, planned, guarantee, facts } = opened;
  const query = savedQueryOf(planned.plan, { label: planned.main.sink.label, guarantee: guarantee.level });
  const warn = (message: string): void => parts.platform.warn(message);
  const state = new StateChain(log, parts.pipeline.stateOf, request.checkpoint?.snapshotEvery ?? 1);
  const order = commitOrderOf(facts);
  const start = await recover({
    ...parts,
    checkpoint: log,
    order,
    writers: parts.late === null ? [parts.sink] : [parts.sink, parts.late.writer],
    state,
    trackers: parts.pipeline.watermarks,
    warn,
    compare: (saved) => requireContinuable(saved, query, { request, warn }),
  });
  const lost = await lostContent(parts.sink, start.batch, request.mode);
  if (lost !== null) warn(lost);
  const journal = new DurableJournal({
    checkpoint: log,
    order,
    state,
    sourceNames: parts.sourceNames,
    fingerprint: query,
  });
  return { ...parts, start, journal };
}
