import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import { splitChunk } from "../../columnar/chunk-of.js";
import type { Column } from "../../columnar/column.js";
import { sortIndices } from "../../columnar/compare.js";
import { concatColumns } from "../../columnar/concat.js";
import { takeChunk } from "../../columnar/take.js";
import type { ResolvedOrder } from "../../plan/analysed-node.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { TriggerContext } from "../operator.js";

/** Puts root rows into the order of the query; rows that it leaves equal stay in theirs. */
export class RowSorter {
  readonly #orders: readonly ResolvedOrder[];
  readonly #evaluator: ExpressionEvaluator;
  readonly #context: () => TriggerContext;

  constructor(
    orders: readonly ResolvedOrder[],
    options: { readonly codegen: boolean; readonly context: () => TriggerContext },
  ) {
    this.#orders = orders;
    this.#evaluator = compileExpressions(
      orders.map(({ expression }) => expression),
      { codegen: options.codegen },
    );
    this.#context = options.context;
  }

  /** `rows` has no selection and may be longer than a chunk. */
  sort(rows: Chunk): Chunk {
    if (this.#orders.length === 0 || rows.length < 2) return rows;
    const indices = sortIndices(this.#keys(rows), this.#orders, rows.length);
    return takeChunk(rows, indices, rows.length);
  }

  /** Kernels see chunks of the usual size only. */
  #keys(rows: Chunk): readonly Column[] {
    const pieces = splitChunk(rows, CHUNK_ROWS).map((piece) => this.#evaluator.evaluate(piece, this.#context()));
    return this.#orders.map((_, k) => concatColumns(pieces.map((columns) => columns[k])));
  }
}
