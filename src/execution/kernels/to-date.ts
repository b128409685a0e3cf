import { allocateInt32, int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { argumentValidity } from "./argument-validity.js";
import { constantText } from "./constant-argument.js";
import { exactAt } from "./exact-int64.js";
import { dayOf, dayOfWide } from "./instant-parts.js";
import { oncePerEntry } from "./once-per-entry.js";
import { PatternScanner } from "./pattern-scanner.js";
import { readText } from "./read-text.js";
import { readTextRows } from "./read-text-rows.js";
import { refusePattern, refuseText } from "./refuse-time.js";
import type { VectorCall, VectorKernel } from "./vector-kernel.js";

/** toDate(text, pattern?), or of a timestamp (its day in UTC) or a date (as it is). Without a pattern: a cast. */
export const toDateKernel: VectorKernel = oncePerEntry((call) => {
  const { args, expression, length, rows } = call;
  const [column] = args;
  if (argumentValidity(args, length) === null) return nullColumn(expression.type, length);
  switch (expression.args[0].type.kind) {
    case "date":
      return column;
    case "timestamp":
      return daysOfInstants(call);
    default:
      if (args.length > 1) return parsePattern(call);
      return readText({ column, rows, length, type: expression.type, refuse: refuseText(call) });
  }
});

function daysOfInstants({ args, expression, length, rows }: VectorCall): Column {
  const [column] = args;
  if (column.layout !== "int64") throw new Error("Broken invariant: a timestamp has the layout int64");
  const { nullCount, validity } = column;
  const halves = int32Halves(column.values);
  const values = allocateInt32(length);
  for (let k = 0; k < rows.count; k++) {
    const row = rows.sel === null ? k : rows.sel[k];
    const micros = exactAt(halves, row);
    values[row] = Number.isNaN(micros) ? dayOfWide(column.values[row]) : dayOf(micros);
  }
  return { layout: "int32", type: expression.type, length, nullCount, validity, values };
}

/** The day that is written: an offset in the text does not move it. */
function parsePattern(call: VectorCall): Column {
  const { args, expression, length, rows } = call;
  const pattern = constantText(expression, 1);
  const scanner = new PatternScanner(pattern);
  const values = allocateInt32(length);
  const source = { column: args[0], rows, length, type: expression.type, refuse: refusePattern(call, pattern) };
  const base = readTextRows(source, (bytes, [from, to], row) => {
    if (!scanner.scan(bytes, from, to)) return false;
    values[row] = scanner.days;
    return true;
  });
  return { ...base, layout: "int32", values };
}
