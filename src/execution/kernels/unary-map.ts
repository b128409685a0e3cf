import { int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { withNullsOf } from "./combine-nulls.js";
import { exactAt, isExact, writeExact } from "./exact-int64.js";
import { fuseStrict, type StrictCode } from "./fuse-strict.js";
import { type FusedValue, plainValue } from "./fused-value.js";
import { isBeyondExact } from "./fused-writer.js";
import type { ColumnFunction, Kernel, KernelCall, KernelInput } from "./kernel.js";
import { laneOf } from "./lane.js";
import { columnAs, newLaneColumn } from "./lane-column.js";
import { Refusals } from "./refusals.js";
import { RowFailure } from "./row-failure.js";

/** A function of one value of fixed width that knows no NULL, one row at a time. */
export interface UnaryMap {
  /**
   * For every value that a number holds exactly. int64 results at 2^53 and beyond, which may not be exact, are computed
   * again by `wide`; NaN = no result.
   */
  readonly narrow: (value: number) => number;
  /** The same for all other int64 values; null = no result. */
  readonly wide: (value: bigint) => bigint | number | null;
  /** What is wrong with a value that has no result; a sentence without its full stop. */
  readonly failure?: { readonly code: string; readonly what: (value: string) => string };
}

/** A strict kernel of one varying argument, from what to compute for each row. `safe`: NULL where there is no result. */
export function mapColumns(
  argument: number,
  mapOf: (call: KernelCall) => UnaryMap,
  safe = false,
): (call: KernelCall) => ColumnFunction {
  return (call) => {
    const map = mapOf(call);
    return (input) =>
      mapColumn(input.column(argument), { map, input, call, refusals: new Refusals(safe, input.length) });
  };
}

interface Task {
  readonly map: UnaryMap;
  readonly input: KernelInput;
  readonly call: KernelCall;
  readonly refusals: Refusals;
}

function mapColumn(source: Column, task: Task): Column {
  const lane = laneOf(task.call.type);
  if (lane === null) throw new Error(`Broken invariant: a map gives no ${task.call.type.kind}`);
  const out = newLaneColumn(lane, task.call.type, task.input.length);
  const key = `${source.layout}>${lane}`;
  if (key === "int32>int32") int32ToInt32(columnAs(source, "int32").values, columnAs(out, "int32").values, task);
  else if (key === "int32>int64") int32ToInt64(columnAs(source, "int32").values, columnAs(out, "int64").values, task);
  else if (key === "int64>int32") int64ToInt32(columnAs(source, "int64").values, columnAs(out, "int32").values, task);
  else if (key === "int64>int64") int64ToInt64(columnAs(source, "int64").values, columnAs(out, "int64").values, task);
  else throw new Error(`Broken invariant: no map from ${key}`);
  return withNullsOf(out, task.refusals.validity());
}

function int32ToInt32(a: Int32Array, out: Int32Array, { map, refusals, input: { rows } }: Task): void {
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    const result = map.narrow(a[i]);
    if (Number.isNaN(result)) refusals.refuse(i, () => noResult(map, i, String(a[i])));
    out[i] = result;
  }
}

function int32ToInt64(a: Int32Array, out: BigInt64Array, { map, refusals, input: { rows } }: Task): void {
  const halves = int32Halves(out);
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    const result = map.narrow(a[i]);
    if (isExact(result)) writeExact(halves, i, result);
    else out[i] = wideResult(BigInt(a[i]), i, { map, refusals });
  }
}

function int64ToInt32(a: BigInt64Array, out: Int32Array, { map, refusals, input: { rows } }: Task): void {
  const halves = int32Halves(a);
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    const value = exactAt(halves, i);
    const result = Number.isNaN(value) ? Number(map.wide(a[i]) ?? Number.NaN) : map.narrow(value);
    if (Number.isNaN(result)) refusals.refuse(i, () => noResult(map, i, String(a[i])));
    out[i] = result;
  }
}

function int64ToInt64(a: BigInt64Array, out: BigInt64Array, { map, refusals, input: { rows } }: Task): void {
  const from = int32Halves(a);
  const to = int32Halves(out);
  for (let j = 0; j < rows.count; j++) {
    const i = rows.sel === null ? j : rows.sel[j];
    const value = exactAt(from, i);
    const result = Number.isNaN(value) ? value : map.narrow(value);
    if (isExact(result)) writeExact(to, i, result);
    else out[i] = wideResult(a[i], i, { map, refusals });
  }
}

function wideResult(value: bigint, row: number, { map, refusals }: Pick<Task, "map" | "refusals">): bigint {
  const result = map.wide(value);
  const wide = result === null ? null : BigInt(result);
  if (wide !== null && wide === BigInt.asIntN(64, wide)) return wide;
  refusals.refuse(row, () => noResult(map, row, String(value)));
  return 0n;
}

function noResult(map: UnaryMap, row: number, value: string): RowFailure {
  const { code, what } = map.failure ?? { code: "ARITHMETIC_OVERFLOW", what: outOfRange };
  return new RowFailure(row, code, { what: what(value) });
}

function outOfRange(value: string): string {
  return `the result for ${value} does not fit into 64 bits`;
}

/** The same as code: the function is called from the loop, where it is inlined. Values that numbers do not hold make the loop give up. */
export function fuseMap(argument: number, mapOf: (call: KernelCall) => UnaryMap): NonNullable<Kernel["fuse"]> {
  return (call) => {
    const lane = laneOf(call.type);
    if (lane === null || laneOf(call.types[argument]) === null) return null;
    const { narrow } = mapOf(call);
    const write = fuseStrict((code) => (lane === "int64" ? int64Result(code, narrow) : plainResult(code, narrow)));
    return (writer, args) => write(writer, [args[argument]]);
  };
}

function plainResult(code: StrictCode, narrow: UnaryMap["narrow"]): FusedValue {
  const result = called(code, narrow);
  code.writer.failIf(`${result} !== ${result}`, code.valid);
  return plainValue("int32", result, code.valid);
}

function int64Result(code: StrictCode, narrow: UnaryMap["narrow"]): FusedValue {
  const result = called(code, narrow);
  code.writer.giveUpIf(isBeyondExact(result), code.valid);
  return code.writer.exactValue(result, code.valid);
}

/** Below a NULL may stand a value that the function takes long for, or none that it takes at all. */
function called({ writer, args: [value], valid }: StrictCode, narrow: UnaryMap["narrow"]): string {
  const isWide = value.lane === "int64";
  const argument = isWide ? value.exact() : value.code();
  // Exact values that were not read from a column may be as large as 64 bits go.
  if (isWide && value.native === "exact") writer.giveUpIf(isBeyondExact(argument), valid);
  const call = `${writer.constant(narrow)}(${argument})`;
  return writer.local(valid === null ? call : `${valid} === 1 ? ${call} : 0`);
}

export function mapKernel(argument: number, mapOf: (call: KernelCall) => UnaryMap): Kernel {
  return { columns: { kind: "strict", compile: mapColumns(argument, mapOf) }, fuse: fuseMap(argument, mapOf) };
}
