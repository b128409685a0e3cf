import { allocateInt32 } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { concatColumns } from "../../columnar/concat.js";
import { nullColumn } from "../../columnar/null-column.js";
import { takeColumn } from "../../columnar/take.js";
import type { DataType } from "../../types/data-type.js";
import type { Rows } from "./rows.js";

/** Makes one column out of several, each of which has the values of some rows. */
export class ColumnMerge {
  readonly #length: number;
  readonly #sources: Column[] = [];
  /** By row, its place in the sources laid end to end; -1 = NULL. Rows that nobody adds keep 0: unspecified, in bounds. */
  readonly #places: Int32Array;
  #hasNulls = false;

  constructor(length: number) {
    this.#length = length;
    this.#places = allocateInt32(length);
  }

  /** These rows have their values in `column`, which has the length of the result. */
  add(column: Column, { sel, count }: Rows): void {
    if (count === 0) return;
    const base = this.#sources.length * this.#length;
    this.#sources.push(column);
    for (let j = 0; j < count; j++) {
      const i = sel === null ? j : sel[j];
      this.#places[i] = base + i;
    }
  }

  addNulls({ sel, count }: Rows): void {
    if (count > 0) this.#hasNulls = true;
    for (let j = 0; j < count; j++) this.#places[sel === null ? j : sel[j]] = -1;
  }

  finish(type: DataType): Column {
    if (this.#sources.length === 0) return nullColumn(type, this.#length);
    if (this.#sources.length === 1 && !this.#hasNulls) return this.#sources[0];
    return takeColumn(concatColumns(this.#sources), this.#places, this.#length);
  }
}
