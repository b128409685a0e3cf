import type { Chunk } from "../../columnar/chunk.js";
import { chunkOf } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import { concatColumns } from "../../columnar/concat.js";
import { plainColumn } from "../../columnar/decode-dictionary.js";
import { nullColumn } from "../../columnar/null-column.js";
import { sliceChunk } from "../../columnar/slice.js";
import type { StateRows } from "../../state/state-part.js";
import { readStateRows, stateRowsOf, stateSchema } from "../../state/state-rows.js";
import type { Schema } from "../../types/data-type.js";

const NOTHING = { chunks: 0, rows: 0 };

/**
 * Chunks of a result that only grows, just as they came, until the first row is taken back: then they are given up.
 * As state: a row per row, which says whether a chunk begins with it, because a batch goes out per chunk.
 */
export class PlainRows {
  readonly stateSchema: Schema;
  readonly #schema: Schema;
  #chunks: Chunk[] = [];
  #isGivenUp = false;
  /** Of the last capture: how many chunks and rows there were; null once they were given up. */
  #captured: { chunks: number; rows: number } | null = NOTHING;

  constructor(schema: Schema) {
    this.#schema = schema;
    this.stateSchema = stateSchema([
      { name: "beginsChunk", type: { kind: "bool" }, nullable: false },
      ...schema.fields,
    ]);
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** Neither selections nor weights; chunks without rows are left out. */
  push(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) if (chunk.length > 0) this.#chunks.push(chunk);
  }

  /** Takes all rows out, for good. */
  giveUp(): readonly Chunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#isGivenUp = true;
    return chunks;
  }

  capture(kind: "delta" | "snapshot"): StateRows | null {
    const before = kind === "snapshot" || this.#captured === null ? NOTHING : this.#captured;
    const fresh = this.#chunks.slice(before.chunks);
    const isNews = this.#isGivenUp ? this.#captured !== null : fresh.length > 0;
    if (kind === "delta" && !isNews) return null;
    const count = fresh.reduce((sum, { length }) => sum + length, 0);
    const rows = before.rows + count;
    this.#captured = this.#isGivenUp ? null : { chunks: this.#chunks.length, rows };
    const content = {
      slots: range(before.rows, rows),
      columns: [beginnings(fresh, count), ...this.#columnsOf(fresh)],
      freed: { depth: 0, given: range(0, this.#isGivenUp ? before.rows : 0), next: rows },
    };
    return stateRowsOf(this.stateSchema, content, { isGivenUp: String(this.#isGivenUp) });
  }

  restore(state: StateRows): void {
    const { slots, columns, freed } = readStateRows(state);
    const [begins, ...rows] = columns;
    this.#isGivenUp = state.values["isGivenUp"] === "true";
    if (this.#isGivenUp) this.#chunks = [];
    const whole = chunkOf(this.#schema, rows, slots.length);
    const starts = begins.layout === "bool" ? [...slots.keys()].filter((row) => begins.values[row] === 1) : [];
    for (const [k, from] of starts.entries()) {
      this.#chunks.push(sliceChunk(whole, from, k + 1 < starts.length ? starts[k + 1] : slots.length));
    }
    this.#captured = this.#isGivenUp ? null : { chunks: this.#chunks.length, rows: freed.next };
  }

  #columnsOf(chunks: readonly Chunk[]): readonly Column[] {
    return this.#schema.fields.map(({ type }, ordinal) =>
      chunks.length === 0
        ? nullColumn(type, 0)
        : concatColumns(chunks.map(({ columns }) => plainColumn(columns[ordinal]))),
    );
  }
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

function beginnings(chunks: readonly Chunk[], length: number): Column {
  const values = new Uint8Array(length);
  let row = 0;
  for (const chunk of chunks) {
    values[row] = 1;
    row += chunk.length;
  }
  return { layout: "bool", type: { kind: "bool" }, length, nullCount: 0, validity: null, values };
}
