import { int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { writeExact } from "./exact-int64.js";
import { fuseStrict } from "./fuse-strict.js";
import { type Kernel, type KernelInput, strictKernel } from "./kernel.js";
import { laneOf } from "./lane.js";
import { columnAs, newLaneColumn } from "./lane-column.js";
import { overflow } from "./row-failure.js";

const INT64_END = 2 ** 63;

// Doubles become int64; what does not fit fails (Spark takes the nearest int64 in silence). Whole numbers stay.
export const floor = wholeNumbers("floor", Math.floor);
export const ceil = wholeNumbers("ceil", Math.ceil);

function wholeNumbers(name: "floor" | "ceil", whole: (value: number) => number): Kernel {
  return strictKernel(
    ({ types, type }) => {
      if (types[0].kind !== "float64") return (input) => input.column(0);
      return (input) => wholeDoubles(input, newLaneColumn("int64", type, input.length), { name, whole });
    },
    ({ types }) => {
      if (types[0].kind !== "float64") return laneOf(types[0]) === null ? null : (_writer, [arg]) => arg.emit();
      return fuseStrict(({ writer, args: [value], valid }) => {
        const result = writer.local(`Math.${name}(${value.code()})`);
        writer.failIf(`!(${result} >= -${INT64_END} && ${result} < ${INT64_END})`, valid);
        return writer.exactValue(result, valid);
      });
    },
  );
}

function wholeDoubles(
  input: KernelInput,
  out: Column,
  { name, whole }: { readonly name: string; readonly whole: (value: number) => number },
): Column {
  const { values } = columnAs(input.column(0), "float64");
  const halves = int32Halves(columnAs(out, "int64").values);
  const { sel, count } = input.rows;
  for (let j = 0; j < count; j++) {
    const row = sel === null ? j : sel[j];
    const result = whole(values[row]);
    if (!(result >= -INT64_END && result < INT64_END)) {
      throw overflow(row, `${name}(${values[row]}) does not fit into a bigint`);
    }
    writeExact(halves, row, result);
  }
  return out;
}
