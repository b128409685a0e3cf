import type { Chunk } from "../../columnar/chunk.js";
import { takeChunk } from "../../columnar/take.js";
import type { OutputShape } from "../../plan/streaming-plan.js";
import type { Consolidator } from "./consolidator.js";
import type { OutputBatch } from "./output-batch.js";
import type { OutputEncoder } from "./output-encoder.js";
import { signedRows } from "./signed-rows.js";
import { batchesOf, visibleChunk } from "./visible-rows.js";

/**
 * Every change with its weight: first what goes, then what comes. Equal rows are added up, unless the plan's changes are
 * net already (`consolidator` null). Keeps nothing between triggers.
 */
export class ChangelogEncoder implements OutputEncoder {
  readonly bytes = 0;
  readonly #shape: OutputShape;
  readonly #consolidator: Consolidator | null;
  #chunks: Chunk[] = [];

  constructor(shape: OutputShape, consolidator: Consolidator | null) {
    this.#shape = shape;
    this.#consolidator = consolidator;
  }

  emit(chunk: Chunk): void {
    this.#chunks.push(visibleChunk(chunk, this.#shape));
  }

  finish(): readonly OutputBatch[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (chunks.length === 0) return [];
    const net = this.#consolidator === null ? chunks : [this.#consolidator.consolidate(chunks)];
    const parts = net.map((chunk) => ({ chunk: withWeights(chunk), rows: signedRows(chunk) }));
    const deletes = parts.map(({ chunk, rows }) => takeChunk(chunk, rows.deletes, rows.deletes.length));
    const inserts = parts.map(({ chunk, rows }) => takeAll(chunk, rows.inserts));
    return [...deletes, ...inserts].flatMap(batchesOf);
  }
}

function withWeights(chunk: Chunk): Chunk {
  return chunk.weights === null ? { ...chunk, weights: new Int32Array(chunk.length).fill(1) } : chunk;
}

function takeAll(chunk: Chunk, rows: Int32Array): Chunk {
  return chunk.sel === null && rows.length === chunk.length ? chunk : takeChunk(chunk, rows, rows.length);
}
