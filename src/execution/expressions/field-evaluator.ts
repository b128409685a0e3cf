import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import type { DataType } from "../../types/data-type.js";
import { withNullsOf } from "../kernels/combine-nulls.js";
import type { Batch, RowEvaluator } from "../kernels/kernel.js";
import { columnAs } from "../kernels/lane-column.js";
import type { Rows } from "../kernels/rows.js";

/** A member of a struct; NULL where the struct is. */
export class FieldEvaluator implements RowEvaluator {
  readonly #input: RowEvaluator;
  readonly #index: number;
  readonly #type: DataType;

  constructor(input: RowEvaluator, index: number, type: DataType) {
    this.#input = input;
    this.#index = index;
    this.#type = type;
  }

  evaluate(batch: Batch, rows: Rows): Column {
    const column = this.#input.evaluate(batch, rows);
    if (column.layout === "null") return nullColumn(this.#type, batch.length);
    return withNullsOf(columnAs(column, "struct").children[this.#index], column);
  }
}
