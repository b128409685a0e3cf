import type { Chunk } from "../../columnar/chunk.js";
import { chunkOf, emptyChunk } from "../../columnar/chunk-of.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";
import { captureSlots, slotsOfKeys } from "../../state/captured-slots.js";
import { ChangedSlots } from "../../state/changed-slots.js";
import { createKeyTable } from "../../state/create-key-table.js";
import { growInt32, nextCapacity } from "../../state/grow.js";
import { Int32List } from "../../state/int32-list.js";
import { FLOAT64, float64ColumnOf, float64sOf, INT32, int32ColumnOf, int32sOf } from "../../state/slot-columns.js";
import type { StateRows } from "../../state/state-part.js";
import { readStateRows, stateRowsOf, stateSchema } from "../../state/state-rows.js";
import type { KeyTable } from "../../state/state-table.js";
import type { Schema } from "../../types/data-type.js";
import { ComingOrder } from "./coming-order.js";
import { KeptRows } from "./kept-rows.js";

const NONE = -1;
/** Below this many rows it is not worth while to squeeze. */
const SMALLEST_SQUEEZE = 4096;

export interface ResultTableOptions {
  readonly codegen: boolean;
  /** It will be captured: changes are noted. */
  readonly durable: boolean;
}

/**
 * The integrated result of a query: what all changes so far add up to.
 *
 * Keeps: the newest row of every key (without a key: every different row) with its weight, in the order in which they
 * first came. Forgets: what has come down to weight 0, in `settle`. Costs: one probe per change; reading it costs its size.
 * Changes of one key within a trigger are net: at most one row goes and one comes.
 * As state: a row per key, with its weight and which one it was to come, and how many have come.
 */
export class ResultTable {
  readonly stateSchema: Schema;
  readonly #schema: Schema;
  readonly #key: readonly number[];
  readonly #table: KeyTable;
  readonly #order = new ComingOrder();
  readonly #changed: ChangedSlots | null;
  readonly #rows = new KeptRows();
  readonly #faded = new Int32List();
  #groups = new Int32Array(0);
  // By group: sum of weights; position of the newest row, before one has come of the first that went.
  #weights = new Int32Array(0);
  #position = new Int32Array(0);

  /** `key` null: whole rows. */
  constructor(schema: Schema, key: readonly number[] | null, options: ResultTableOptions) {
    this.stateSchema = stateSchema([
      { name: "weight", type: INT32, nullable: false },
      { name: "number", type: FLOAT64, nullable: false },
      ...schema.fields,
    ]);
    this.#schema = schema;
    this.#key = key ?? schema.fields.map((_, ordinal) => ordinal);
    this.#changed = options.durable ? new ChangedSlots() : null;
    this.#table = createKeyTable(
      this.#key.map((ordinal) => schema.fields[ordinal].type),
      options,
    );
  }

  get bytes(): number {
    return this.#table.bytes + this.#order.bytes + this.#weights.byteLength * 2;
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
      const isFresh = !this.#order.has(group);
      if (isFresh) this.#open(group);
      this.#weights[group] += weight;
      if (weight > 0 || isFresh) this.#position[group] = first + row;
      if (weight <= 0) this.#faded.push(group);
    }
    this.#changed?.noteAll(this.#groups, chunk.length);
  }

  /** At the end of a trigger. */
  settle(): void {
    const gone = new Int32List();
    for (let i = 0; i < this.#faded.length; i++) {
      const group = this.#faded.items[i];
      if (this.#weights[group] !== 0 || !this.#order.has(group)) continue;
      this.#order.remove(group);
      gone.push(group);
    }
    this.#faded.clear();
    this.#table.release(gone.items, gone.length);
    if (this.#rows.length > SMALLEST_SQUEEZE && this.#rows.length > 4 * this.#table.size) this.#squeeze();
  }

  /** All rows, a row of weight k k times; null when there are none. May be longer than a chunk. */
  rows(): Chunk | null {
    const positions = new Int32List();
    for (let group = this.#order.first; group !== NONE; group = this.#order.after(group)) {
      for (let k = this.#weights[group]; k > 0; k--) positions.push(this.#position[group]);
    }
    return positions.length === 0 ? null : this.#rows.take(positions.items, positions.length);
  }

  /** After `settle`. Rows are kept as they came: a key table has no -0. */
  capture(kind: "delta" | "snapshot"): StateRows | null {
    const captured = captureSlots(kind, this.#changed, slotsOfKeys(this.#table));
    if (captured === null) return null;
    const { slots, freed } = captured;
    const positions = slots.map((group) => this.#position[group]);
    const rows = slots.length === 0 ? emptyChunk(this.#schema) : this.#rows.take(positions, slots.length);
    const columns = [
      int32ColumnOf(this.#weights, slots),
      float64ColumnOf(this.#order.numbers, slots),
      ...rows.columns.map(plainColumn),
    ];
    return stateRowsOf(this.stateSchema, { slots, columns, freed }, { come: String(this.#order.come) });
  }

  restore(state: StateRows): void {
    const { slots, columns, freed } = readStateRows(state);
    const [weights, numbers, ...rows] = columns;
    for (const group of freed.given) if (this.#table.isLive(group)) this.#order.remove(group);
    this.#table.restore({ slots, columns: this.#key.map((ordinal) => rows[ordinal]), freed });
    this.#grow();
    const first = this.#rows.append(chunkOf(this.#schema, rows, slots.length));
    const sums = int32sOf(weights);
    for (const [i, group] of slots.entries()) {
      this.#weights[group] = sums[i];
      this.#position[group] = first + i;
    }
    this.#order.restore(slots, float64sOf(numbers));
    this.#order.come = Number(state.values["come"]);
  }

  #squeeze(): void {
    const positions = new Int32List();
    for (let group = this.#order.first; group !== NONE; group = this.#order.after(group)) {
      const kept = this.#position[group];
      this.#position[group] = positions.length;
      positions.push(kept);
    }
    this.#rows.keep(positions.items, positions.length);
  }

  #open(group: number): void {
    this.#order.add(group);
    this.#weights[group] = 0;
  }

  #grow(): void {
    const needed = this.#table.capacity;
    if (this.#weights.length >= needed) return;
    const capacity = nextCapacity(this.#weights.length, needed);
    this.#weights = growInt32(this.#weights, capacity);
    this.#position = growInt32(this.#position, capacity);
    this.#order.grow(capacity);
  }
}
