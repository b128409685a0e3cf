import type { Chunk } from "../../columnar/chunk.js";
import { concatChunks } from "../../columnar/concat.js";
import { assert } from "../../common/assert.js";
import type { OutputShape } from "../../plan/streaming-plan.js";
import type { OutputBatch } from "./output-batch.js";
import type { OutputEncoder } from "./output-encoder.js";
import type { RowSorter } from "./row-sorter.js";
import { hasDeletes } from "./signed-rows.js";
import { batchesOf, repeatedRows, visibleChunk } from "./visible-rows.js";

/**
 * Rows that are final, each once; and in update mode the rows of a plan that never takes one back.
 * Keeps nothing between triggers. With an order (append) the rows of a trigger are sorted; the planner has made sure
 * that later triggers only bring later rows.
 */
export class AppendEncoder implements OutputEncoder {
  readonly bytes = 0;
  readonly #shape: OutputShape;
  readonly #sorter: RowSorter | null;
  #chunks: Chunk[] = [];

  constructor(shape: OutputShape, sorter: RowSorter | null) {
    this.#shape = shape;
    this.#sorter = sorter;
  }

  emit(chunk: Chunk): void {
    assert(!hasDeletes(chunk), "a plan whose rows are final takes none back");
    const rows = repeatedRows(chunk);
    if (rows.length > 0) this.#chunks.push(rows);
  }

  finish(): readonly OutputBatch[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (chunks.length === 0) return [];
    const ordered = this.#sorter === null ? chunks : [this.#sorter.sort(concatChunks(chunks))];
    return ordered.flatMap((chunk) => batchesOf(visibleChunk(chunk, this.#shape)));
  }
}
