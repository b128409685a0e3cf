import type { Chunk } from "../../columnar/chunk.js";
import { compactChunk } from "../../columnar/compact.js";
import { concatChunks } from "../../columnar/concat.js";
import type { OutputShape } from "../../plan/streaming-plan.js";
import type { StatePart } from "../../state/state-part.js";
import type { Consolidator } from "./consolidator.js";
import type { OutputBatch } from "./output-batch.js";
import type { OutputEncoder } from "./output-encoder.js";
import type { PlainRows } from "./plain-rows.js";
import type { ResultTable } from "./result-table.js";
import type { RowSorter } from "./row-sorter.js";
import { hasDeletes } from "./signed-rows.js";
import { batchesOf, repeatedRows, visibleChunk } from "./visible-rows.js";

export interface CompleteEncoderParts {
  readonly shape: OutputShape;
  /** The result so far, until it is given up for the table. */
  readonly plain: PlainRows;
  readonly table: ResultTable;
  /** null: the result stands in the order of first coming. */
  readonly sorter: RowSorter | null;
  /** null: the plan's changes are net. */
  readonly consolidator: Consolidator | null;
}

/**
 * The whole result, once per trigger that runs: streaming in complete mode, and a batch.
 * Keeps the result. While nothing has been taken back the rows are kept just as they came; the result table is filled
 * only when a second trigger changes a plan that can take rows back, so a batch never pays for it.
 */
export class CompleteEncoder implements OutputEncoder {
  readonly #parts: CompleteEncoderParts;
  #chunks: Chunk[] = [];

  constructor(parts: CompleteEncoderParts) {
    this.#parts = parts;
  }

  get bytes(): number {
    return this.#parts.table.bytes;
  }

  emit(chunk: Chunk): void {
    this.#chunks.push(chunk);
  }

  finish(): readonly OutputBatch[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (chunks.length > 0) this.#integrate(chunks);
    const { sorter, shape } = this.#parts;
    const result = this.#result();
    const ordered = sorter === null || result.length === 0 ? result : [sorter.sort(concatChunks(result))];
    return ordered.flatMap((chunk) => batchesOf(visibleChunk(chunk, shape)));
  }

  stateParts(): readonly StatePart[] {
    const { plain, table } = this.#parts;
    return [
      {
        name: "rows",
        schema: plain.stateSchema,
        capture: (kind) => plain.capture(kind),
        restore: (state) => plain.restore(state),
      },
      {
        name: "result",
        schema: table.stateSchema,
        capture: (kind) => table.capture(kind),
        restore: (state) => table.restore(state),
      },
    ];
  }

  #integrate(chunks: readonly Chunk[]): void {
    const { shape, plain, table } = this.#parts;
    const isFirst = plain.chunks.length === 0 && !chunks.some(hasDeletes);
    if (!plain.isGivenUp && (shape.insertOnly || isFirst)) {
      plain.push(chunks.map(repeatedRows));
      return;
    }
    for (const chunk of plain.giveUp()) table.add(chunk);
    for (const chunk of this.#net(chunks)) table.add(compactChunk(chunk));
    table.settle();
  }

  #net(chunks: readonly Chunk[]): readonly Chunk[] {
    const { consolidator } = this.#parts;
    return consolidator === null ? chunks : [consolidator.consolidate(chunks)];
  }

  #result(): readonly Chunk[] {
    const { plain, table } = this.#parts;
    if (!plain.isGivenUp) return plain.chunks;
    const rows = table.rows();
    return rows === null ? [] : [rows];
  }
}
