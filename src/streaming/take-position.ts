import type { WatermarkTracker } from "../execution/watermark-tracker.js";
import type { ChosenOffsets, EventTimeClock, WatermarkState } from "./event-time-clock.js";
import type { LateRowStore } from "./late-row-store.js";
import type { QueryPosition, WatermarkKey, WatermarkPosition } from "./query-position.js";
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
  const { clock, lateRows } = parts;
  const known = inOrderOf(parts, position.watermarks, position.watermarks);
  clock.restore(known.map((each) => (each === undefined ? null : watermarkState(each))));
  lateRows.restore(position.lateRows);
}

/** By watermarkId: for each of this query's the entry of another list that means the same one; undefined where there is none. */
export function inOrderOf<T>(
  parts: PositionParts,
  keys: readonly WatermarkKey[],
  values: readonly T[],
): readonly (T | undefined)[] {
  return parts.trackers.map((tracker) => {
    const { source, column } = keyOf(parts, tracker);
    const index = keys.findIndex((key) => key.source === source && key.column === column);
    return index < 0 ? undefined : values[index];
  });
}

function keyOf({ sourceNames }: PositionParts, { node }: WatermarkTracker): WatermarkKey {
  return { source: sourceNames[node.sourceIndex], column: node.schema.fields[node.index].name };
}

function watermarkPosition(key: WatermarkKey, state: WatermarkState): WatermarkPosition {
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
