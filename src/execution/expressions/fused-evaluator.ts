import { allocateInt32, allocateValidity, int32Halves } from "../../columnar/buffers.js";
import type { Column } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import { GIVE_UP, ROW_FAILS } from "../kernels/fused-writer.js";
import type { Batch, RowEvaluator } from "../kernels/kernel.js";
import { laneOf } from "../kernels/lane.js";
import { type LaneColumn, newLaneColumn } from "../kernels/lane-column.js";
import { oneRow, type Rows } from "../kernels/rows.js";
import { FusedInputs } from "./fused-inputs.js";
import { asInput, inputArrays, valueLoop } from "./fused-program.js";
import { LoopCache } from "./loop-cache.js";

export interface FusedParts {
  /** The evaluator of a part that is no code. */
  readonly input: (part: ResolvedExpression) => RowEvaluator;
  /** The same expression column at a time: for chunks that the loop gives up, and to explain a failure. */
  readonly byColumns: () => RowEvaluator;
}

const FAILED_ROW = allocateInt32(1);

/** One generated loop for a whole expression of fixed width, made anew for chunks with other NULLs or a selection. */
export class FusedEvaluator implements RowEvaluator {
  readonly #root: ResolvedExpression;
  readonly #parts: FusedParts;
  readonly #inputs: FusedInputs;
  readonly #evaluators: readonly RowEvaluator[];
  readonly #loops: LoopCache;
  #byColumns: RowEvaluator | null = null;

  constructor(root: ResolvedExpression, parts: FusedParts) {
    this.#root = root;
    this.#parts = parts;
    this.#inputs = new FusedInputs([root]);
    this.#evaluators = this.#inputs.list.map(({ expression }) => parts.input(expression));
    this.#loops = new LoopCache((variant) => valueLoop(root, this.#inputs, variant));
  }

  evaluate(batch: Batch, rows: Rows): Column {
    if (rows.count === 0) return nullColumn(this.#root.type, batch.length);
    const { list } = this.#inputs;
    const inputs = this.#evaluators.map((evaluator, i) => asInput(evaluator.evaluate(batch, rows), list[i]));
    return this.#run(inputs, batch, rows) ?? this.#columnwise().evaluate(batch, rows);
  }

  /** Null when the loop gives up. */
  #run(inputs: readonly LaneColumn[], batch: Batch, rows: Rows): Column | null {
    const chosen = this.#loops.choose(inputs, rows.sel !== null);
    if (chosen === null) return null;
    const { run, canBeNull } = chosen.loop;
    const { length, context } = batch;
    const out = newColumn(this.#root, length);
    const validity = canBeNull ? allocateValidity(length) : null;
    const halves = out.layout === "int64" ? int32Halves(out.values) : null;
    const nulls = run({
      rows,
      inputs: inputArrays(chosen.inputs),
      out: out.values,
      halves,
      validity,
      failedRow: FAILED_ROW,
      time: context.batchTime,
    });
    if (nulls === GIVE_UP) return null;
    if (nulls === ROW_FAILS) this.#fail(batch, FAILED_ROW[0]);
    return nulls === 0 ? out : { ...out, nullCount: nulls, validity };
  }

  /** Computing the row column at a time finds the call that fails, and says why. */
  #fail(batch: Batch, row: number): never {
    this.#columnwise().evaluate(batch, oneRow(row));
    throw new Error("Broken invariant: generated code fails where the kernels do not");
  }

  #columnwise(): RowEvaluator {
    this.#byColumns ??= this.#parts.byColumns();
    return this.#byColumns;
  }
}

function newColumn({ type }: ResolvedExpression, length: number): LaneColumn {
  const lane = laneOf(type);
  if (lane === null) throw new Error(`Broken invariant: a loop computes no ${type.kind}`);
  return newLaneColumn(lane, type, length);
}
