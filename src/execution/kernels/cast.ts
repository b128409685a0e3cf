import { allocateFloat64, int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { sameType } from "../../types/same-type.js";
import type { CastCall } from "./cast-call.js";
import { castFromText } from "./cast-from-text.js";
import { castNested } from "./cast-nested.js";
import { castNumbers } from "./cast-numbers.js";
import { timeCast } from "./cast-times.js";
import { castToText } from "./cast-to-text.js";
import { nearestAt } from "./exact-int64.js";
import { fuseCastNumbers } from "./fuse-cast-numbers.js";
import { fuseStrict } from "./fuse-strict.js";
import { plainValue } from "./fused-value.js";
import { type ColumnFunction, type Fuse, type Kernel, strictKernel } from "./kernel.js";
import { laneOf } from "./lane.js";
import { columnAs, noNulls } from "./lane-column.js";
import { fuseMap, mapColumns } from "./unary-map.js";

/** The kernel of a cast. */
export function castKernel(call: CastCall): Kernel {
  const run = castColumns(call);
  return strictKernel(
    () => run,
    () => fuseCast(call),
  );
}

/** The cast of a column whose rows are not NULL, as a function of columns. */
export function castColumns(call: CastCall): ColumnFunction {
  const { from, to, safe } = call;
  if (sameType(from, to) || from.kind === "null") return (input) => ({ ...input.column(0), type: to });
  if (from.kind === "timestamp" && to.kind === "float64") return (input) => secondsOf(input.column(0), to);
  const times = timeCast(call);
  if (times !== null) return mapColumns(0, () => times, safe)({ types: [from], constants: [null], type: to });
  if (to.kind === "utf8") return castToText(call);
  if (from.kind === "list" || from.kind === "struct") return castNested(call);
  return from.kind === "utf8" ? castFromText(call) : castNumbers(call);
}

function fuseCast(call: CastCall): Fuse | null {
  const { from, to } = call;
  if (laneOf(from) === null || laneOf(to) === null) return null;
  if (sameType(from, to)) return (_writer, [arg]) => arg.emit();
  if (from.kind === "timestamp" && to.kind === "float64") return FUSED_SECONDS;
  const times = timeCast(call);
  if (times !== null) return fuseMap(0, () => times)({ types: [from], constants: [null], type: to });
  return fuseCastNumbers(call);
}

/** Seconds since 1970 with their fraction. */
function secondsOf(column: Column, type: DataType): Column {
  const { length } = column;
  const halves = int32Halves(columnAs(column, "int64").values);
  const values = allocateFloat64(length);
  for (let i = 0; i < length; i++) values[i] = nearestAt(halves, i) / 1_000_000;
  return { ...noNulls(type, length), layout: "float64", values };
}

const FUSED_SECONDS = fuseStrict(({ writer, args: [value], valid }) => {
  const { low, high } = writer.halves(value);
  return plainValue("float64", writer.local(`(${high} * 4294967296 + (${low} >>> 0)) / 1000000`), valid);
});
