import { allocateInt64 } from "../../columnar/buffers.js";
import type { Chunk, RowBounds } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import { NO_BOUND, type Watermarks } from "../../plan/bound-expression.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { WatermarkTracker } from "../watermark-tracker.js";
import { eventTimesOf, MICROS_PER_DAY } from "./event-times.js";
import { StatelessOperator } from "./stateless-operator.js";

const MAX_INT64 = 2n ** 63n - 1n;
/** The partition of rows whose source names none. */
const ONLY_PARTITION = "";

export interface TrackWatermarkDependencies extends OperatorDependencies {
  /** In force since the end of the last trigger. */
  readonly watermarks: () => Watermarks;
}

/**
 * withWatermark: every row passes unchanged; the tracker learns the event times of each partition.
 * With late 'strict' each chunk carries the watermark as the rows before each row have moved it: the greatest event time
 * less the delay; over several partitions the least of theirs. It starts each trigger at the watermark in force.
 */
export class TrackWatermark extends StatelessOperator {
  readonly #tracker: WatermarkTracker;
  readonly #dependencies: TrackWatermarkDependencies;
  /** late 'strict': the watermark after the rows of the running trigger; null before the first of them. */
  #moved: bigint | null = null;

  constructor(tracker: WatermarkTracker, dependencies: TrackWatermarkDependencies) {
    super();
    this.#tracker = tracker;
    this.#dependencies = dependencies;
  }

  process(_port: number, chunk: Chunk): void {
    const { node } = this.#tracker;
    const column = chunk.columns[node.index];
    const partition = chunk.partition ?? ONLY_PARTITION;
    const rowBounds = node.late === "strict" ? this.#rowBounds(chunk, column, partition) : chunk.rowBounds;
    this.#tracker.add(partition, eventTimesOf(column, { sel: chunk.sel, count: selectedCount(chunk) }));
    this.#dependencies.output.emit(rowBounds === chunk.rowBounds ? chunk : { ...chunk, rowBounds });
  }

  override advance(): void {
    this.#moved = null;
  }

  #rowBounds(chunk: Chunk, column: Column, partition: string): RowBounds {
    const { delay } = this.#tracker.node;
    const { own, others } = this.#maxima(partition);
    const bounds = allocateInt64(chunk.length);
    const count = selectedCount(chunk);
    let bound = this.#moved ?? this.#inForce();
    let max = own;
    for (let i = 0; i < count; i++) {
      const row = chunk.sel === null ? i : chunk.sel[i];
      bounds[row] = bound;
      const time = microsAt(column, row);
      if (time === null || (max !== null && time <= max)) continue;
      max = time;
      const reached = (others === null || time < others ? time : others) - delay;
      if (reached > bound) bound = reached;
    }
    this.#moved = bound;
    return { watermarkId: this.#tracker.id, bounds };
  }

  #inForce(): bigint {
    const watermarks = this.#dependencies.watermarks();
    const { id } = this.#tracker;
    const bound = id < watermarks.length ? watermarks[id] : NO_BOUND;
    return bound > MAX_INT64 ? MAX_INT64 : bound;
  }

  /** The greatest event time of this partition, and the least of those of all others seen so far. */
  #maxima(partition: string): { own: bigint | null; others: bigint | null } {
    let others: bigint | null = null;
    for (const [name, max] of this.#tracker.maxByPartition) {
      if (name !== partition && (others === null || max < others)) others = max;
    }
    return { own: this.#tracker.maxByPartition.get(partition) ?? null, others };
  }
}

function microsAt(column: Column, row: number): bigint | null {
  if (isNullAt(column, row)) return null;
  if (column.layout === "int64") return column.values[row];
  if (column.layout === "int32") return BigInt(column.values[row]) * MICROS_PER_DAY;
  throw new Error(`Broken invariant: event times of layout ${column.layout}`);
}
