import type { Column } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { formatType } from "../../types/format-type.js";
import type { KernelInput } from "./kernel.js";
import { Refusals } from "./refusals.js";
import { RowFailure } from "./row-failure.js";
import { shownValue } from "./shown-value.js";

/** A cast, as it stands in a plan. */
export interface CastCall {
  readonly from: DataType;
  readonly to: DataType;
  /** tryCast: NULL where there is no result. */
  readonly safe: boolean;
}

/** A cast while it runs over one column: where its failures go. */
export class CastRun {
  readonly input: KernelInput;
  readonly source: Column;
  readonly refusals: Refusals;
  readonly #to: DataType;

  constructor({ to, safe }: CastCall, input: KernelInput) {
    this.input = input;
    this.source = input.column(0);
    this.refusals = new Refusals(safe, input.length);
    this.#to = to;
  }

  /** This row's value has no counterpart in the other type. */
  refuse(row: number): void {
    this.refusals.refuse(row, () => castFailure(this.source, row, this.#to));
  }
}

function castFailure(source: Column, row: number, to: DataType): RowFailure {
  const isOfNumber = source.type.kind === "int64" || source.type.kind === "float64";
  return new RowFailure(row, isOfNumber ? "CAST_OVERFLOW" : "CAST_INVALID", {
    what: `${shownValue(source, row)} (${formatType(source.type)}) is no ${formatType(to)}`,
    hint: "Use tryCast to get NULL for such values.",
  });
}
