import { allocateValidity } from "../../columnar/buffers.js";
import { ALL_VALID, countedValidity, type Validity } from "../../columnar/validity.js";

/** Which rows are NULL, for columns whose rows mostly are not: nothing is written for the others. */
export class NullMarks {
  #valid: Uint8Array | null = null;

  mark(row: number): void {
    if (this.#valid === null || row >= this.#valid.length) this.#valid = grown(this.#valid, row + 1);
    this.#valid[row] = 0;
  }

  /** Forgets the marks from `rows` on. */
  truncate(rows: number): void {
    this.#valid?.fill(1, rows);
  }

  finish(rows: number): Validity {
    if (this.#valid === null) return ALL_VALID;
    const valid = rows > this.#valid.length ? grown(this.#valid, rows) : this.#valid;
    return countedValidity(valid, rows);
  }
}

function grown(valid: Uint8Array | null, rows: number): Uint8Array {
  const larger = allocateValidity(Math.max(1024, rows, 2 * (valid?.length ?? 0)));
  if (valid !== null) larger.set(valid);
  return larger;
}
