import { allocateValidity } from "../../columnar/buffers.js";
import { ALL_VALID, countedValidity, type Validity } from "../../columnar/validity.js";
import type { RowFailure } from "./row-failure.js";

/** What becomes of rows that have no result: the evaluation fails, or (tryCast) they are NULL. */
export class Refusals {
  readonly #safe: boolean;
  readonly #length: number;
  #validity: Uint8Array | null = null;

  constructor(safe: boolean, length: number) {
    this.#safe = safe;
    this.#length = length;
  }

  refuse(row: number, failure: () => RowFailure): void {
    if (!this.#safe) throw failure();
    this.#validity ??= allocateValidity(this.#length);
    this.#validity[row] = 0;
  }

  validity(): Validity {
    return this.#validity === null ? ALL_VALID : countedValidity(this.#validity, this.#length);
  }
}
