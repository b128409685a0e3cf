import { allocateInt32 } from "../columnar/buffers.js";
import type { Chunk } from "../columnar/chunk.js";
import type { Column } from "../columnar/column.js";
import { createKeyTable } from "../state/create-key-table.js";
import type { KeyTable } from "../state/state-table.js";
import type { Schema } from "../types/data-type.js";
import { RowStore, withRoom } from "./row-store.js";
import type { SinkBatch } from "./sink.js";

const NONE = -1;

/** The newest row per key: upserts and deletes applied. Rows come back in the order of their last change. */
export class KeyedRows {
  readonly #key: readonly number[];
  readonly #table: KeyTable;
  readonly #store = new RowStore();
  /** By group id of the key: position of its newest row, or NONE. */
  #position = allocateInt32(64).fill(NONE);
  #groups = allocateInt32(0);

  constructor(schema: Schema, key: readonly number[]) {
    this.#key = key;
    // A key of no columns has one row; a constant stands in for it, since key tables have columns.
    this.#table = createKeyTable(key.length === 0 ? [{ kind: "int32" }] : typesOf(schema, key), { codegen: false });
  }

  apply(rows: readonly SinkBatch[]): void {
    for (const batch of rows) this.#applyBatch(batch);
    if (this.#store.rows > 1024 && this.#store.rows > 4 * this.#table.size) this.#squeeze();
  }

  chunks(): readonly Chunk[] {
    return this.#store.take(this.#livePositions());
  }

  #applyBatch({ chunk, op }: SinkBatch): void {
    const first = this.#store.append(chunk);
    const keys = this.#keysOf(chunk);
    this.#groups = withRoom(this.#groups, chunk.length, 0);
    this.#table.probe(keys, null, chunk.length, this.#groups);
    this.#position = withRoom(this.#position, this.#table.capacity, NONE);
    for (let i = 0; i < chunk.length; i++) {
      this.#position[this.#groups[i]] = op !== null && op[i] === 1 ? NONE : first + i;
    }
    if (op !== null) this.#releaseDeleted(chunk.length);
  }

  /** A key is forgotten once, and only if its last row in the batch was a delete. */
  #releaseDeleted(count: number): void {
    const released = new Set<number>();
    for (let i = 0; i < count; i++) {
      const group = this.#groups[i];
      if (this.#position[group] === NONE) released.add(group);
    }
    const groups = Int32Array.from(released);
    this.#table.release(groups, groups.length);
  }

  #keysOf(chunk: Chunk): readonly Column[] {
    if (this.#key.length === 0) return [constantKey(chunk.length)];
    return this.#key.map((index) => chunk.columns[index]).filter((column) => column !== undefined);
  }

  #livePositions(): Int32Array {
    return this.#position.filter((position) => position !== NONE).sort();
  }

  #squeeze(): void {
    const live = this.#livePositions();
    const moved = new Map<number, number>();
    for (const [to, from] of live.entries()) moved.set(from, to);
    this.#position = this.#position.map((position) => moved.get(position) ?? NONE);
    this.#store.keep(live);
  }
}

function typesOf(schema: Schema, key: readonly number[]): Schema["fields"][number]["type"][] {
  return key.map((index) => schema.fields[index]?.type).filter((type) => type !== undefined);
}

function constantKey(length: number): Column {
  return {
    layout: "int32",
    type: { kind: "int32" },
    length,
    nullCount: 0,
    validity: null,
    values: allocateInt32(length),
  };
}
