import { type CastCall, CastRun } from "./cast-call.js";
import { withNullsOf } from "./combine-nulls.js";
import type { ColumnFunction } from "./kernel.js";
import { columnAs } from "./lane-column.js";
import { readTextRows } from "./read-text-rows.js";
import { textReader } from "./text-reader.js";

/**
 * CAST(text AS bool, int32, int64, float64, date, timestamp, binary), blanks around passed over, in the forms that Spark's
 * ANSI casts take. CAST_INVALID, or NULL (tryCast), where the text is no such value.
 */
export function castFromText(call: CastCall): ColumnFunction {
  const { to } = call;
  if (to.kind === "binary") return (input) => ({ ...columnAs(input.column(0), "bytes"), type: to });
  return (input) => {
    const run = new CastRun(call, input);
    const reader = textReader(to, input.length);
    readTextRows(columnAs(run.source, "bytes"), input.rows, { read: reader.read, refuse: (row) => run.refuse(row) });
    return withNullsOf(reader.column, run.refusals.validity());
  };
}
