import type { Chunk } from "../../columnar/chunk.js";
import { createKeyTable } from "../../state/create-key-table.js";
import { growInt32, nextCapacity } from "../../state/grow.js";
import { Int32List } from "../../state/int32-list.js";
import type { KeyTable } from "../../state/state-table.js";
import type { Schema } from "../../types/data-type.js";
import { KeptRows } from "./kept-rows.js";

const NONE = -1;
/** Below this many rows it is not worth while to squeeze. */
const SMALLEST_SQUEEZE = 4096;

/**
 * The integrated result of a query: what all changes so far add up to.
 *
 * Keeps: the newest row of every key (without a key: every different row) with its weight, in the order in which they
 * first came. Forgets: what has come down to weight 0, in `settle`. Costs: one probe per change; reading it costs its size.
 * Changes of one key within a trigger are net: at most one row goes and one comes.
 */
export class ResultTable {
  readonly #key: readonly number[];
  readonly #table: KeyTable;
  readonly #rows = new KeptRows();
  readonly #faded = new Int32List();
  #groups = new Int32Array(0);
  // By group: sum of weights; position of the newest row; neighbours in the order of first coming.
  #weights = new Int32Array(0);
  #position = new Int32Array(0);
  #before = new Int32Array(0);
  #after = new Int32Array(0);
  #isLinked = new Int32Array(0);
  #head = NONE;
  #tail = NONE;

  /** `key` null: whole rows. */
  constructor(schema: Schema, key: readonly number[] | null, options: { readonly codegen: boolean }) {
    this.#key = key ?? schema.fields.map((_, ordinal) => ordinal);
    this.#table = createKeyTable(
      this.#key.map((ordinal) => schema.fields[ordinal].type),
      options,
    );
  }

  get bytes(): number {
    return this.#table.bytes + this.#weights.byteLength * 5;
  }

  /** Adds the rows of a chunk without a selection. */
  add(chunk: Chunk): void {
    if (this.#groups.length < chunk.length) this.#groups = new Int32Array(chunk.length);
    this.#table.probe(
      this.#key.map((ordinal) => chunk.columns[ordinal]),
      null,
      chunk.length,
      this.#groups,
    );
    this.#grow();
    const first = this.#rows.append({ ...chunk, weights: null });
    for (let row = 0; row < chunk.length; row++) {
      const group = this.#groups[row];
      const weight = chunk.weights === null ? 1 : chunk.weights[row];
      if (this.#isLinked[group] === 0) this.#link(group);
      this.#weights[group] += weight;
      if (weight > 0) this.#position[group] = first + row;
      else this.#faded.push(group);
    }
  }

  /** At the end of a trigger. */
  settle(): void {
    const gone = new Int32List();
    for (let i = 0; i < this.#faded.length; i++) {
      const group = this.#faded.items[i];
      if (this.#weights[group] !== 0 || this.#isLinked[group] === 0) continue;
      this.#unlink(group);
      gone.push(group);
    }
    this.#faded.clear();
    this.#table.release(gone.items, gone.length);
    if (this.#rows.length > SMALLEST_SQUEEZE && this.#rows.length > 4 * this.#table.size) this.#squeeze();
  }

  /** All rows, a row of weight k k times; null when there are none. May be longer than a chunk. */
  rows(): Chunk | null {
    const positions = new Int32List();
    for (let group = this.#head; group !== NONE; group = this.#after[group]) {
      for (let k = this.#weights[group]; k > 0; k--) positions.push(this.#position[group]);
    }
    return positions.length === 0 ? null : this.#rows.take(positions.items, positions.length);
  }

  #squeeze(): void {
    const positions = new Int32List();
    for (let group = this.#head; group !== NONE; group = this.#after[group]) {
      const kept = this.#position[group];
      this.#position[group] = positions.length;
      positions.push(kept);
    }
    this.#rows.keep(positions.items, positions.length);
  }

  #link(group: number): void {
    this.#isLinked[group] = 1;
    this.#weights[group] = 0;
    this.#position[group] = 0;
    this.#before[group] = this.#tail;
    this.#after[group] = NONE;
    if (this.#tail === NONE) this.#head = group;
    else this.#after[this.#tail] = group;
    this.#tail = group;
  }

  #unlink(group: number): void {
    const before = this.#before[group];
    const after = this.#after[group];
    if (before === NONE) this.#head = after;
    else this.#after[before] = after;
    if (after === NONE) this.#tail = before;
    else this.#before[after] = before;
    this.#isLinked[group] = 0;
  }

  #grow(): void {
    const needed = this.#table.capacity;
    if (this.#weights.length >= needed) return;
    const capacity = nextCapacity(this.#weights.length, needed);
    this.#weights = growInt32(this.#weights, capacity);
    this.#position = growInt32(this.#position, capacity);
    this.#before = growInt32(this.#before, capacity);
    this.#after = growInt32(this.#after, capacity);
    this.#isLinked = growInt32(this.#isLinked, capacity);
  }
}
