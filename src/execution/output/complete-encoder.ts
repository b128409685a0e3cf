import type { Chunk } from "../../columnar/chunk.js";
import { compactChunk } from "../../columnar/compact.js";
import { concatChunks } from "../../columnar/concat.js";
import type { OutputShape } from "../../plan/streaming-plan.js";
import type { Consolidator } from "./consolidator.js";
import type { OutputBatch } from "./output-batch.js";
import type { OutputEncoder } from "./output-encoder.js";
import type { ResultTable } from "./result-table.js";
import type { RowSorter } from "./row-sorter.js";
import { hasDeletes } from "./signed-rows.js";
import { batchesOf, repeatedRows, visibleChunk } from "./visible-rows.js";

export interface CompleteEncoderParts {
  readonly shape: OutputShape;
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
  /** The result so far, as it came; null once the table holds it. */
  #plain: Chunk[] | null = [];

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

  #integrate(chunks: readonly Chunk[]): void {
    const { shape } = this.#parts;
    if (this.#plain !== null && (shape.insertOnly || (this.#plain.length === 0 && !chunks.some(hasDeletes)))) {
      this.#plain.push(...chunks.map(repeatedRows).filter(({ length }) => length > 0));
      return;
    }
    for (const chunk of this.#plain ?? []) this.#parts.table.add(chunk);
    this.#plain = null;
    for (const chunk of this.#net(chunks)) this.#parts.table.add(compactChunk(chunk));
    this.#parts.table.settle();
  }

  #net(chunks: readonly Chunk[]): readonly Chunk[] {
    const { consolidator } = this.#parts;
    return consolidator === null ? chunks : [consolidator.consolidate(chunks)];
  }

  #result(): readonly Chunk[] {
    if (this.#plain !== null) return this.#plain;
    const rows = this.#parts.table.rows();
    return rows === null ? [] : [rows];
  }
}
