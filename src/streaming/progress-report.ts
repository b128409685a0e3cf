import type { OperatorMetrics } from "../execution/operator-metrics.js";
import type { EventTimeStatistics } from "../execution/watermark-tracker.js";
import { END_OF_TIME, NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import type { QueryProgress, SourceProgress } from "../plan/query-progress.js";
import type { SourceReport } from "../sources/source.js";
import { type HeldBack, heldBackBy } from "./held-back.js";
import { isoInstant } from "./iso-instant.js";
import type { OffsetRange, SourceReader } from "./source-reader.js";

/** What one trigger read and sent, and how long its parts took, in milliseconds. */
export interface TriggerMeasures {
  readonly rowsBySource: readonly number[];
  readonly rowsSent: number;
  readonly durations: QueryProgress["durationMs"];
}

/** Everything one trigger has to tell. Nothing in it changes later, so that it may be read long after the trigger. */
export interface TriggerReport extends TriggerMeasures {
  readonly identity: { readonly id: string; readonly runId: string; readonly name: string | null };
  readonly batchId: number;
  readonly startedAtMs: number;
  /** Milliseconds since the previous trigger started; null for the first. */
  readonly sinceLastMs: number | null;
  readonly readers: readonly SourceReader[];
  readonly ranges: readonly OffsetRange[];
  /** What those sources that can say more said at the end of the trigger. */
  readonly sources: readonly (SourceReport | null)[];
  readonly eventTime: EventTimeStatistics;
  readonly watermarks: Watermarks;
  readonly operators: readonly OperatorMetrics[];
  /** Its label. */
  readonly sink: string;
  readonly heldBack: HeldBack | null;
}

const MS_PER_SECOND = 1000;

/** The progress record of one trigger, plain JSON with Spark's field names. */
export function progressOf(report: TriggerReport): QueryProgress {
  const { durations, rowsBySource } = report;
  const numInputRows = rowsBySource.reduce((sum, rows) => sum + rows, 0);
  return {
    id: report.identity.id,
    runId: report.identity.runId,
    name: report.identity.name,
    timestamp: isoInstant(BigInt(Math.trunc(report.startedAtMs)) * 1000n),
    batchId: report.batchId,
    batchDuration: durations.triggerExecution,
    durationMs: durations,
    numInputRows,
    inputRowsPerSecond: perSecond(numInputRows, report.sinceLastMs ?? 0),
    processedRowsPerSecond: perSecond(numInputRows, durations.triggerExecution),
    eventTime: eventTimeOf(report),
    stateOperators: report.operators,
    sources: report.readers.map((reader, index) => sourceProgress(report, reader, index)),
    sink: { description: report.sink, numOutputRows: report.rowsSent },
    numLateRows: report.operators.reduce((sum, operator) => sum + operator.numRowsDroppedByWatermark, 0),
    heldBackBy: report.heldBack === null ? null : heldBackBy(report.heldBack),
  };
}

function sourceProgress(report: TriggerReport, reader: SourceReader, index: number): SourceProgress {
  const rows = report.rowsBySource[index] ?? 0;
  const range = report.ranges[index];
  const { latestOffset, ...more } = report.sources[index] ?? { latestOffset: range?.to ?? null };
  return {
    description: reader.description.label,
    startOffset: range?.from ?? null,
    endOffset: range?.to ?? null,
    latestOffset,
    numInputRows: rows,
    inputRowsPerSecond: perSecond(rows, report.sinceLastMs ?? 0),
    processedRowsPerSecond: perSecond(rows, report.durations.triggerExecution),
    ...more,
  };
}

function eventTimeOf(report: TriggerReport): QueryProgress["eventTime"] {
  const { count, min, max, sum } = report.eventTime;
  const times = count === 0 ? {} : { min: isoInstant(min), max: isoInstant(max), avg: isoInstant(sum / BigInt(count)) };
  const watermark = leastOf(report.watermarks);
  return watermark === NO_BOUND || watermark === END_OF_TIME ? times : { ...times, watermark: isoInstant(watermark) };
}

function leastOf(watermarks: Watermarks): bigint {
  let least = END_OF_TIME;
  for (const watermark of watermarks) if (watermark < least) least = watermark;
  return least;
}

function perSecond(rows: number, ms: number): number {
  return ms <= 0 ? 0 : (rows * MS_PER_SECOND) / ms;
}
