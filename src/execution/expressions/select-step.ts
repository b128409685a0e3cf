import { allocateInt32 } from "../../columnar/buffers.js";
import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import { GIVE_UP, ROW_FAILS } from "../kernels/fused-writer.js";
import type { Batch, RowEvaluator } from "../kernels/kernel.js";
import type { LaneColumn } from "../kernels/lane-column.js";
import { type Rows, trueRows } from "../kernels/rows.js";
import { compileNode, type EvaluationOptions } from "./compile-node.js";
import { isCheap, isWorthFusing } from "./fusable.js";
import { FusedInputs } from "./fused-inputs.js";
import { asInput, inputArrays, selectLoop } from "./fused-program.js";
import { LoopCache } from "./loop-cache.js";

/** Part of a condition: keeps the rows for which it is TRUE. */
export interface SelectStep {
  select(batch: Batch, rows: Rows): Rows;
}

/** Neighbouring conditions that are code become one loop; the order of conditions stays. */
export function selectSteps(conditions: readonly ResolvedExpression[], options: EvaluationOptions): SelectStep[] {
  const steps: SelectStep[] = [];
  let run: ResolvedExpression[] = [];
  const closeRun = (): void => {
    if (run.length > 0) steps.push(new FusedSelect(run, options));
    run = [];
  };
  for (const condition of conditions) {
    const isCode = options.codegen && isWorthFusing(condition);
    // Columns that a loop reads are computed before it, for rows that an earlier condition may remove.
    if (!isCode || !isCheap(condition)) closeRun();
    if (isCode) run.push(condition);
    else steps.push(columnSelect(compileNode(condition, options)));
  }
  closeRun();
  return steps;
}

function columnSelect(condition: RowEvaluator): SelectStep {
  return { select: (batch, rows) => trueRows(rows, condition.evaluate(batch, rows)) };
}

const FAILED_ROW = allocateInt32(1);

/** One generated loop that writes the selection. */
class FusedSelect implements SelectStep {
  readonly #conditions: readonly ResolvedExpression[];
  readonly #inputs: FusedInputs;
  readonly #evaluators: readonly RowEvaluator[];
  readonly #loops: LoopCache;
  #byColumns: readonly SelectStep[] | null = null;

  constructor(conditions: readonly ResolvedExpression[], options: EvaluationOptions) {
    this.#conditions = conditions;
    this.#inputs = new FusedInputs(conditions);
    this.#evaluators = this.#inputs.list.map(({ expression }) => compileNode(expression, options));
    this.#loops = new LoopCache((variant) => selectLoop(conditions, this.#inputs, variant));
  }

  select(batch: Batch, rows: Rows): Rows {
    const { list } = this.#inputs;
    const inputs = this.#evaluators.map((evaluator, i) => asInput(evaluator.evaluate(batch, rows), list[i]));
    return this.#run(inputs, batch, rows) ?? this.#selectByColumns(batch, rows);
  }

  /** Null when the loop gives up. */
  #run(inputs: readonly LaneColumn[], { context }: Batch, rows: Rows): Rows | null {
    const chosen = this.#loops.choose(inputs, rows.sel !== null);
    if (chosen === null) return null;
    const out = allocateInt32(rows.count);
    const passed = chosen.loop.run({
      rows,
      inputs: inputArrays(chosen.inputs),
      out,
      halves: null,
      validity: null,
      failedRow: FAILED_ROW,
      time: context.batchTime,
    });
    if (passed === GIVE_UP || passed === ROW_FAILS) return null;
    return passed === rows.count ? rows : { sel: out, count: passed };
  }

  /** A loop that fails does so here too, and with a reason. */
  #selectByColumns(batch: Batch, rows: Rows): Rows {
    this.#byColumns ??= selectSteps(this.#conditions, { codegen: false });
    return this.#byColumns.reduce((passed, step) => step.select(batch, passed), rows);
  }
}
