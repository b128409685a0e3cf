import type { Column } from "../../columnar/column.js";
import { constantColumn } from "../../columnar/constant-column.js";
import { sliceColumn } from "../../columnar/slice.js";
import type { DataType } from "../../types/data-type.js";
import type { Batch, RowEvaluator } from "./kernel.js";

/** A constant as a column; the longest one made so far serves all shorter batches. */
export class ConstantEvaluator implements RowEvaluator {
  readonly #type: DataType;
  readonly #value: unknown;
  #column: Column | null = null;

  constructor(type: DataType, value: unknown) {
    this.#type = type;
    this.#value = value;
  }

  evaluate({ length }: Pick<Batch, "length">): Column {
    if (this.#column === null || this.#column.length < length) {
      this.#column = constantColumn(this.#type, this.#value, length);
    }
    return sliceColumn(this.#column, 0, length);
  }
}
