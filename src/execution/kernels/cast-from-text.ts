import { type CastCall, castFailure } from "./cast-call.js";
import type { ColumnFunction } from "./kernel.js";
import { readText } from "./read-text.js";

/** CAST(text AS bool, int32, int64, float64, date, timestamp, binary): CAST_INVALID, or NULL (tryCast), where the text is no such value. */
export function castFromText({ to, safe }: CastCall): ColumnFunction {
  return (input) => {
    const column = input.column(0);
    const refuse = (_text: string, row: number): never => {
      throw castFailure(column, row, to);
    };
    return readText({ column, rows: input.rows, length: input.length, type: to, refuse: safe ? null : refuse });
  };
}
