import type { WatermarkTracker } from "../execution/watermark-tracker.js";
import type { ChosenOffsets, EventTimeClock, WatermarkState } from "./event-time-clock.js";
import type { LateRowStore } from "./late-row-store.js";
import type { QueryPosition, WatermarkPosition } from "./query-position.js";
import type { SourceReader } from "./source-reader.js";

/** What knows where a query stands. */
export interface PositionParts {
  readonly readers: readonly SourceReader[];
  /** By source, in plan order. */
  readonly sourceNames: readonly string[];
  readonly trackers: readonly WatermarkTracker[];
  readonly clock: EventTimeClock;
  readonly lateRows: LateRowStore;
}

/** Where the query stands after a trigger over these offsets; `isDrained`: nothing can follow. */
export function takePosition(
  parts: PositionParts,
  { ranges, chosenAtMs }: ChosenOffsets,
  isDrained: boolean,
): QueryPosition {
  const { sourceNames, trackers, clock, lateRows } = parts;
  const states = clock.snapshot();
  return {
    chosenAtMs,
    isDrained,
    sources: ranges.map(({ to, ended }, i) => ({ source: sourceNames[i], offset: to, ended })),
    watermarks: trackers.map((tracker, id) => watermarkPosition(keyOf(parts, tracker), states[id])),
    lateRows: lateRows.totals(),
  };
}

/** Brings clock and counters to where an earlier run stood. Sources are opened at their offsets by whoever opens them. */
export function restorePosition(parts: PositionParts, position: QueryPosition): void {
  const { trackers, clock, lateRows } = parts;
  clock.restore(
    trackers.map((tracker) => {
      const key = keyOf(parts, tracker);
      const known = position.watermarks.find(({ source, column }) => source === key.source && column === key.column);
      return known === undefined ? null : watermarkState(known);
    }),
  );
  lateRows.restore(position.lateRows);
}

function keyOf({ sourceNames }: PositionParts, { node }: WatermarkTracker): { source: string; column: string } {
  return { source: sourceNames[node.sourceIndex], column: node.schema.fields[node.index].name };
}

function watermarkPosition(key: { source: string; column: string }, state: WatermarkState): WatermarkPosition {
  return {
    ...key,
    watermark: String(state.watermark),
    maxByPartition: Object.fromEntries([...state.maxByPartition].map(([name, max]) => [name, String(max)])),
    deliveredMs: state.delivered.source,
    deliveredByPartition: Object.fromEntries(state.delivered.partitions),
  };
}

function watermarkState(position: WatermarkPosition): WatermarkState {
  return {
    watermark: BigInt(position.watermark),
    maxByPartition: new Map(Object.entries(position.maxByPartition).map(([name, max]) => [name, BigInt(max)])),
    delivered: { source: position.deliveredMs, partitions: new Map(Object.entries(position.deliveredByPartition)) },
  };
}
