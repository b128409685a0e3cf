import type { Chunk } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { columnBuilder } from "../../columnar/column-builder.js";
import { constantColumn } from "../../columnar/constant-column.js";
import { takeChunk } from "../../columnar/take.js";
import type { AnalysedLateFilter } from "../../plan/analysed-node.js";
import type { DataType, Schema } from "../../types/data-type.js";
import { int64, timestamp, utf8 } from "../../types/type-constructors.js";
import { MICROS_PER_DAY } from "./event-times.js";
import { lateRowsSchemaOf } from "./late-rows-schema.js";

const MAX_INT64 = 2n ** 63n - 1n;

/** Rows that came too late for one operator: its input columns, then _operator, _bound and _lateness. */
export interface LateRowsBatch {
  readonly operatorName: string;
  readonly chunk: Chunk;
}

/** One late row: where it is, which value missed which bound. A deletion is a row like any other; weight k counts k times. */
export interface LateRow {
  readonly row: number;
  readonly test: number;
  readonly value: bigint;
  readonly bound: bigint;
}

/** Makes the batches of late rows of one operator. Late rows are few: this is no hot path. */
export class LateRows {
  readonly #node: AnalysedLateFilter;
  readonly #schema: Schema;

  constructor(node: AnalysedLateFilter) {
    this.#node = node;
    this.#schema = lateRowsSchemaOf(node);
  }

  batchOf(chunk: Chunk, late: readonly LateRow[]): LateRowsBatch {
    const repeated = late.flatMap((each) => Array.from({ length: Math.abs(weightAt(chunk, each.row)) }, () => each));
    const rows = Int32Array.from(repeated, ({ row }) => row);
    const taken = takeChunk(chunk, rows, rows.length);
    const columns = [...taken.columns, ...this.#told(repeated)];
    return {
      operatorName: this.#node.operatorName,
      chunk: {
        schema: this.#schema,
        columns,
        length: rows.length,
        sel: null,
        weights: null,
        partition: null,
        rowBounds: null,
      },
    };
  }

  #told(late: readonly LateRow[]): Column[] {
    const bounds = columnBuilder(timestamp(), late.length);
    const lateness = columnBuilder(int64(), late.length);
    for (const { test, value, bound } of late) {
      const unit = microsPerUnit(this.#node.tests[test].value.type);
      if (unit === null) bounds.appendNull();
      else bounds.append(inRange(bound * unit));
      lateness.append(inRange((bound - value) * (unit ?? 1n)));
    }
    return [constantColumn(utf8(), this.#node.operatorName, late.length), bounds.finish(), lateness.finish()];
  }
}

/** null: the column is a plain integer and no time. */
function microsPerUnit({ kind }: DataType): bigint | null {
  if (kind === "timestamp") return 1n;
  return kind === "date" ? MICROS_PER_DAY : null;
}

/** The bound of a source that has ended lies above every int64. */
function inRange(value: bigint): bigint {
  return value > MAX_INT64 ? MAX_INT64 : value;
}

export function weightAt({ weights }: Chunk, row: number): number {
  return weights === null ? 1 : weights[row];
}
