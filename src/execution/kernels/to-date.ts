import { allocateInt32 } from "../../columnar/buffers.js";
import { castColumns, castKernel } from "./cast.js";
import type { CastCall } from "./cast-call.js";
import { constantText } from "./constant-argument.js";
import { type ColumnFunction, type KernelCall, strictKernel } from "./kernel.js";
import { noNulls } from "./lane-column.js";
import { PatternScanner } from "./pattern-scanner.js";
import { readPattern } from "./read-pattern.js";

/** toDate(text, pattern?), or of a timestamp (its day in UTC) or a date (as it is). Without a pattern: a cast. */
export const toDate = strictKernel(
  (call) => (call.types.length > 1 ? parsePattern(call) : castColumns(castOf(call))),
  (call) => (call.types.length > 1 ? null : (castKernel(castOf(call)).fuse?.(call) ?? null)),
);

function castOf({ types, type }: KernelCall): CastCall {
  const from = types[0].kind === "timestamp" ? { ...types[0], zone: "UTC" } : types[0];
  return { from, to: type, safe: false };
}

/** The day that is written: an offset in the text does not move it. */
function parsePattern({ constants, type }: KernelCall): ColumnFunction {
  const pattern = constantText(constants[1]);
  const scanner = new PatternScanner(pattern);
  return (input) => {
    const values = allocateInt32(input.length);
    readPattern(input, pattern, (bytes, [from, to], row) => {
      if (!scanner.scan(bytes, from, to)) return false;
      values[row] = scanner.days;
      return true;
    });
    return { ...noNulls(type, input.length), layout: "int32", values };
  };
}
