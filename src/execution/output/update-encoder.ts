import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import { splitChunk } from "../../columnar/chunk-of.js";
import { concatChunks } from "../../columnar/concat.js";
import { takeColumn } from "../../columnar/take.js";
import { assert } from "../../common/assert.js";
import type { OutputShape } from "../../plan/streaming-plan.js";
import { createKeyTable } from "../../state/create-key-table.js";
import type { KeyTable } from "../../state/state-table.js";
import type { Schema } from "../../types/data-type.js";
import type { Consolidator } from "./consolidator.js";
import type { OutputBatch } from "./output-batch.js";
import type { OutputEncoder } from "./output-encoder.js";
import { hasDeletes } from "./signed-rows.js";
import { batchesOf, repeatedRows, visibleChunk } from "./visible-rows.js";

const NONE = -1;

/** What became of one key: its new row, or the row it lost. */
interface KeyChanges {
  readonly rows: Int32Array;
  readonly isDelete: Uint8Array;
  readonly count: number;
  readonly deletes: number;
}

/**
 * Upserts by key, at most one per key and trigger, in order of first touch: the key's new row, or a tombstone (key kept,
 * the rest NULL) where only a loss remains. Rows that did not change cancel out and are not sent.
 * Keeps nothing between triggers; costs one probe per change, and adding equal rows up where changes are not net.
 */
export class UpdateEncoder implements OutputEncoder {
  readonly bytes = 0;
  readonly #shape: OutputShape;
  readonly #key: readonly number[];
  readonly #table: KeyTable;
  readonly #consolidator: Consolidator | null;
  #chunks: Chunk[] = [];

  /** `consolidator` null: the plan's changes are net. */
  constructor(
    shape: OutputShape,
    schema: Schema,
    options: { readonly codegen: boolean; readonly consolidator: Consolidator | null },
  ) {
    assert(shape.key !== null, "upserts need a key");
    this.#shape = shape;
    this.#key = shape.key;
    this.#table = createKeyTable(
      shape.key.map((ordinal) => schema.fields[ordinal].type),
      options,
    );
    this.#consolidator = options.consolidator;
  }

  emit(chunk: Chunk): void {
    this.#chunks.push(chunk);
  }

  finish(): readonly OutputBatch[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (chunks.length === 0) return [];
    // Net changes without a loss are one new row per key.
    if (this.#consolidator === null && !chunks.some(hasDeletes)) {
      return chunks.flatMap((chunk) => batchesOf(visibleChunk(repeatedRows(chunk), this.#shape)));
    }
    const net = this.#consolidator === null ? concatChunks(chunks) : this.#consolidator.consolidate(chunks);
    return net.length === 0 ? [] : this.#batches(net, this.#changesByKey(net));
  }

  #changesByKey(net: Chunk): KeyChanges {
    const groups = new Int32Array(net.length);
    this.#table.probe(
      this.#key.map((ordinal) => net.columns[ordinal]),
      null,
      net.length,
      groups,
    );
    const position = new Int32Array(this.#table.capacity).fill(NONE);
    const order = new Int32Array(net.length);
    const rows = new Int32Array(net.length);
    const isDelete = new Uint8Array(net.length);
    let count = 0;
    for (let row = 0; row < net.length; row++) {
      const isLoss = net.weights !== null && net.weights[row] < 0;
      const known = position[groups[row]];
      if (known !== NONE && isLoss) continue;
      const at = known === NONE ? count++ : known;
      position[groups[row]] = at;
      order[at] = groups[row];
      rows[at] = row;
      isDelete[at] = isLoss ? 1 : 0;
    }
    this.#table.release(order, count);
    return { rows, isDelete, count, deletes: isDelete.subarray(0, count).reduce((sum, flag) => sum + flag, 0) };
  }

  #batches(net: Chunk, changes: KeyChanges): readonly OutputBatch[] {
    const { count, deletes, isDelete } = changes;
    assert(deletes === 0 || this.#shape.deletes, "a plan that cannot delete loses no key");
    const chunk = {
      ...visibleChunk(net, this.#shape),
      columns: this.#columns(net, changes),
      length: count,
      sel: null,
      weights: null,
    };
    return splitChunk(chunk, CHUNK_ROWS).map((piece, k) => {
      const from = k * CHUNK_ROWS;
      return { chunk: piece, op: deletes === 0 ? null : isDelete.slice(from, from + piece.length) };
    });
  }

  #columns(net: Chunk, { rows, isDelete, count, deletes }: KeyChanges): readonly Chunk["columns"][number][] {
    const kept = deletes === 0 ? rows : rows.map((row, at) => (isDelete[at] === 1 ? NONE : row));
    const key = this.#shape.visibleKey ?? [];
    return net.columns
      .slice(0, this.#shape.visibleCount)
      .map((column, ordinal) => takeColumn(column, key.includes(ordinal) ? rows : kept, count));
  }
}
