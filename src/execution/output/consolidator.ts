import type { Chunk } from "../../columnar/chunk.js";
import { concatChunks } from "../../columnar/concat.js";
import { takeChunk } from "../../columnar/take.js";
import { createKeyTable } from "../../state/create-key-table.js";
import { Int32List } from "../../state/int32-list.js";
import type { KeyTable } from "../../state/state-table.js";
import type { Schema } from "../../types/data-type.js";

/** Adds up the weights of equal rows. Keeps nothing between calls but memory to work in. */
export class Consolidator {
  readonly #table: KeyTable;
  #weights = new Int32Array(0);
  #groups = new Int32Array(0);

  constructor(schema: Schema, options: { readonly codegen: boolean }) {
    this.#table = createKeyTable(
      schema.fields.map((field) => field.type),
      options,
    );
  }

  /** The rows of all chunks (at least one) as one, each once, in order of first appearance, with the sum of its weights; those of 0 are gone. */
  consolidate(chunks: readonly Chunk[]): Chunk {
    const all = concatChunks(chunks);
    const weights = all.weights ?? new Int32Array(all.length).fill(1);
    const first = this.#addUp(all, weights);
    const rows = new Int32List();
    const sums = new Int32List();
    for (let i = 0; i < first.length; i++) {
      const sum = this.#weights[this.#groups[first.items[i]]];
      if (sum === 0) continue;
      rows.push(first.items[i]);
      sums.push(sum);
    }
    this.#forget(first);
    const taken = takeChunk({ ...all, weights: null }, rows.items, rows.length);
    return { ...taken, weights: sums.items.slice(0, sums.length) };
  }

  /** Sums the weights by group; returns the first row of every group. */
  #addUp(all: Chunk, weights: Int32Array): Int32List {
    if (this.#groups.length < all.length) this.#groups = new Int32Array(all.length);
    this.#table.probe(all.columns, null, all.length, this.#groups);
    this.#weights = new Int32Array(this.#table.capacity);
    const isKnown = new Uint8Array(this.#table.capacity);
    const first = new Int32List();
    for (let row = 0; row < all.length; row++) {
      const group = this.#groups[row];
      this.#weights[group] += weights[row];
      if (isKnown[group] === 0) first.push(row);
      isKnown[group] = 1;
    }
    return first;
  }

  #forget(first: Int32List): void {
    const groups = Int32Array.from(first.items.subarray(0, first.length), (row) => this.#groups[row]);
    this.#table.release(groups, groups.length);
  }
}
