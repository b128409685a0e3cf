import { allocateBytes, int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import type { FusedValue } from "../kernels/fused-value.js";
import { FusedWriter } from "../kernels/fused-writer.js";
import type { Lane } from "../kernels/lane.js";
import { type LaneColumn, newLaneColumn } from "../kernels/lane-column.js";
import type { Rows } from "../kernels/rows.js";
import { ExpressionEmitter } from "./expression-emitter.js";
import type { FusedInput, FusedInputs } from "./fused-inputs.js";

/**
 * A generated loop. Returns how many of its results are NULL (or, for a condition, how many rows passed), or GIVE_UP or
 * ROW_FAILS (fused-writer.ts); then failedRow[0] is the row that fails.
 */
export type FusedLoop = (task: LoopTask) => number;

/** What a loop works on; generated code names these members. */
export interface LoopTask {
  readonly rows: Rows;
  /** The arrays of the inputs; see inputArrays. */
  readonly inputs: readonly unknown[];
  /** Where values go (or the rows that pass); 64-bit values also as halves. */
  readonly out: unknown;
  readonly halves: Int32Array | null;
  /** Filled with 1; null where no result can be NULL. */
  readonly validity: Uint8Array | null;
  readonly failedRow: Int32Array;
  /** Microseconds; the time of the trigger. */
  readonly time: bigint;
}

export interface CompiledLoop {
  readonly run: FusedLoop;
  /** False: no result is NULL, whatever the rows. */
  readonly canBeNull: boolean;
}

/** What a loop is made for; other chunks need another loop. */
export interface Variant {
  readonly isSelected: boolean;
  readonly isNullable: (input: number) => boolean;
}

/** Functions longer than this are not optimised, and slower than a pass per operation. */
const MOST_CODE = 40_000;

/** A loop that writes the value of an expression for every row. Null when it would be too long. */
export function valueLoop(root: ResolvedExpression, inputs: FusedInputs, variant: Variant): CompiledLoop | null {
  const writer = new FusedWriter();
  const value = new ExpressionEmitter(writer, inputs, variant.isNullable).emit(root);
  storeValue(writer, value);
  return makeLoop(writer, inputs, { variant, count: "nulls", canBeNull: value.valid !== null });
}

function storeValue(writer: FusedWriter, value: FusedValue): void {
  if (value.native === "exact") {
    const code = value.exact();
    writer.line(`P[2 * i] = ${code} | 0; P[2 * i + 1] = Math.floor(${code} * 2.3283064365386963e-10);`);
  } else {
    writer.line(`O[i] = ${value.lane === "bool" ? `${value.code()} ? 1 : 0` : value.code()};`);
  }
  if (value.valid !== null) writer.line(`const valid = ${value.valid}; V[i] = valid; nulls += 1 - valid;`);
}

/** A loop that writes the rows for which all conditions are TRUE; one that follows another is evaluated for the rows that passed it. */
export function selectLoop(
  conditions: readonly ResolvedExpression[],
  inputs: FusedInputs,
  variant: Variant,
): CompiledLoop | null {
  const writer = new FusedWriter();
  const emitter = new ExpressionEmitter(writer, inputs, variant.isNullable);
  for (const condition of conditions) {
    const { valid, code } = emitter.emit(condition);
    const value = code();
    writer.line(`if (${valid === null ? `!${value}` : `!(${valid} === 1 && ${value})`}) continue;`);
  }
  writer.line("O[passed++] = i;");
  return makeLoop(writer, inputs, { variant, count: "passed", canBeNull: false });
}

function makeLoop(
  writer: FusedWriter,
  inputs: FusedInputs,
  { variant, count, canBeNull }: { readonly variant: Variant; readonly count: string; readonly canBeNull: boolean },
): CompiledLoop | null {
  const { body } = writer;
  if (body.length > MOST_CODE) return null;
  const reads = inputs.list.map(
    (_, i) => `const a${i} = A[${3 * i}], v${i} = A[${3 * i + 1}], h${i} = A[${3 * i + 2}];`,
  );
  const text = [
    '"use strict";',
    "return function loop({ rows: { sel, count: n }, inputs: A, out: O, halves: P, validity: V, failedRow: E, time: T }) {",
    ...reads,
    `let ${count} = 0;`,
    "for (let j = 0; j < n; j++) {",
    variant.isSelected ? "const i = sel[j];" : "const i = j;",
    body,
    "}",
    `return ${count};`,
    "};",
  ].join("\n");
  // The text is made of this library's own words; constants of the query are arguments.
  const run = new Function(...writer.constantNames, text)(...writer.constants) as FusedLoop;
  return { run, canBeNull };
}

/** The arrays of the inputs as a loop wants them: values, validity, 64-bit values as halves. */
export function inputArrays(columns: readonly LaneColumn[]): unknown[] {
  return columns.flatMap((column) => [
    column.values,
    column.validity,
    column.layout === "int64" ? int32Halves(column.values) : null,
  ]);
}

/** A column that is all NULL gets values and validity like any other. */
export function asInput(column: Column, { lane }: FusedInput): LaneColumn {
  if (column.layout === "null") return nullLane(lane, column);
  if (column.layout !== lane) throw new Error(`Broken invariant: a ${lane} input has layout ${column.layout}`);
  return column as LaneColumn;
}

function nullLane(lane: Lane, { type, length }: Column): LaneColumn {
  return { ...newLaneColumn(lane, type, length), nullCount: length, validity: allocateBytes(length) };
}
