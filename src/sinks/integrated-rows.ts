import { allocateInt32 } from "../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../columnar/chunk.js";
import { splitChunk } from "../columnar/chunk-of.js";
import { createKeyTable } from "../state/create-key-table.js";
import type { KeyTable } from "../state/state-table.js";
import type { Schema } from "../types/data-type.js";
import { withRoom } from "./row-store.js";
import type { SinkBatch } from "./sink.js";

/** A bag of rows: weights added up per row. Rows with a count of n come back n times, in the order of their group ids. */
export class IntegratedRows {
  readonly #schema: Schema;
  readonly #table: KeyTable;
  #counts = allocateInt32(64);
  #groups = allocateInt32(0);

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#table = createKeyTable(
      schema.fields.map((field) => field.type),
      { codegen: false },
    );
  }

  apply(rows: readonly SinkBatch[]): void {
    for (const { chunk } of rows) this.#add(chunk);
  }

  chunks(): readonly Chunk[] {
    const groups: number[] = [];
    for (let group = 0; group < this.#table.capacity; group++) {
      for (let n = this.#counts[group]; n > 0; n--) groups.push(group);
    }
    if (groups.length === 0) return [];
    const length = groups.length;
    const columns = this.#table.keysOf(Int32Array.from(groups), length);
    const whole = { schema: this.#schema, columns, length, sel: null, weights: null, partition: null, rowBounds: null };
    return length > CHUNK_ROWS ? splitChunk(whole, CHUNK_ROWS) : [whole];
  }

  #add(chunk: Chunk): void {
    this.#groups = withRoom(this.#groups, chunk.length, 0);
    this.#table.probe(chunk.columns, null, chunk.length, this.#groups);
    this.#counts = withRoom(this.#counts, this.#table.capacity, 0);
    for (let i = 0; i < chunk.length; i++) {
      const group = this.#groups[i];
      this.#counts[group] += chunk.weights?.[i] ?? 1;
    }
    this.#releaseEmpty(chunk.length);
  }

  #releaseEmpty(count: number): void {
    const released = new Set<number>();
    for (let i = 0; i < count; i++) {
      const group = this.#groups[i];
      if (this.#counts[group] === 0) released.add(group);
    }
    const groups = Int32Array.from(released);
    this.#table.release(groups, groups.length);
  }
}
