import { CHUNK_ROWS } from "../../columnar/chunk.js";
import type { Column } from "../../columnar/column.js";
import { takeColumn } from "../../columnar/take.js";
import type { Lifetime } from "../../plan/analysed-node.js";
import { Int32List } from "../../state/int32-list.js";
import type { Schema } from "../../types/data-type.js";
import type { Output } from "../operator.js";
import { changedRows } from "./changed-rows.js";
import type { DirtyGroups } from "./dirty-groups.js";
import { weightedChunk } from "./weighted-chunk.js";

/** The operator whose groups are sent. */
export interface GroupSource {
  /** Does the group have a row in the output? */
  exists(group: number): boolean;
  /** What makes the rows of these groups differ from what they were: their result columns. */
  results(groups: Int32Array, count: number): readonly Column[];
  /** Whole output rows, given the result columns. */
  rows(groups: Int32Array, count: number, results: readonly Column[]): readonly Column[];
}

export interface EmitterOptions {
  readonly schema: Schema;
  readonly emission: Lifetime["emission"];
  readonly output: Output;
  /** Every touched group's row differs from what it was, so nothing needs to be compared. */
  readonly alwaysChanges: boolean;
}

/** Sends what a trigger changed, in chunks: the net change of every touched group, or rows that are final. */
export class GroupEmitter {
  readonly #source: GroupSource;
  readonly #options: EmitterOptions;

  constructor(source: GroupSource, options: EmitterOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Must `DirtyGroups.remember` be given results? */
  get needsOldRows(): boolean {
    const { emission, alwaysChanges } = this.#options;
    return emission === "changes" || (emission === "upserts" && !alwaysChanges);
  }

  /** 'changes': -old +new; 'upserts': new; 'finals': nothing. Groups that are as they were are left out. */
  sendChanges(dirty: DirtyGroups): void {
    if (this.#options.emission === "finals") return;
    if (!this.needsOldRows) {
      this.#sendAll(dirty.list);
      return;
    }
    const old = dirty.oldColumns();
    for (let from = 0; from < dirty.list.length; from += CHUNK_ROWS) {
      const to = Math.min(from + CHUNK_ROWS, dirty.list.length);
      this.#sendBlock(old, dirty.list.items.subarray(from, to), dirty.oldRow.subarray(from, to));
    }
  }

  /** Rows that will not change any more, in this order. */
  sendFinals(groups: Int32List): void {
    this.#sendAll(groups);
  }

  #sendAll(groups: Int32List): void {
    for (let from = 0; from < groups.length; from += CHUNK_ROWS) {
      const part = groups.items.subarray(from, Math.min(from + CHUNK_ROWS, groups.length));
      this.#send(part, this.#source.results(part, part.length), 1);
    }
  }

  /** First the rows that go, then those that come. */
  #sendBlock(old: readonly Column[], groups: Int32Array, oldRow: Int32Array): void {
    const after = this.#source.results(groups, groups.length);
    const changed = this.#changed(old, after, { groups, oldRow });
    const gone = new Int32List();
    const goneRows = new Int32List();
    const come = new Int32List();
    for (let i = 0; i < groups.length; i++) {
      if (changed[i] === 0) continue;
      if (oldRow[i] >= 0) {
        gone.push(groups[i]);
        goneRows.push(oldRow[i]);
      }
      if (this.#source.exists(groups[i])) come.push(i);
    }
    if (this.#options.emission === "changes" && gone.length > 0) {
      this.#send(gone.items.subarray(0, gone.length), takeRows(old, goneRows), -1);
    }
    if (come.length === groups.length) this.#send(groups, after, 1);
    else if (come.length > 0) this.#send(gathered(groups, come), takeRows(after, come), 1);
  }

  #changed(
    old: readonly Column[],
    after: readonly Column[],
    block: { groups: Int32Array; oldRow: Int32Array },
  ): Uint8Array {
    const { groups, oldRow } = block;
    if (this.#options.alwaysChanges) return new Uint8Array(groups.length).fill(1);
    const existedOnly = groups.map((group, i) => (oldRow[i] >= 0 && this.#source.exists(group) ? oldRow[i] : -1));
    return changedRows({ before: old, after, beforeRow: existedOnly, count: groups.length });
  }

  #send(groups: Int32Array, results: readonly Column[], weight: 1 | -1): void {
    const columns = this.#source.rows(groups, groups.length, results);
    this.#options.output.emit(weightedChunk(this.#options.schema, columns, { length: groups.length, weight }));
  }
}

function takeRows(columns: readonly Column[], rows: Int32List): readonly Column[] {
  return columns.map((column) => takeColumn(column, rows.items, rows.length));
}

function gathered(groups: Int32Array, positions: Int32List): Int32Array {
  const picked = new Int32Array(positions.length);
  for (let i = 0; i < picked.length; i++) picked[i] = groups[positions.items[i]];
  return picked;
}
