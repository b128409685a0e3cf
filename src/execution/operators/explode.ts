import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import type { ListColumn } from "../../columnar/column.js";
import { isNullAt } from "../../columnar/compare.js";
import { nullColumn } from "../../columnar/null-column.js";
import { takeColumn } from "../../columnar/take.js";
import type { AnalysedExplode } from "../../plan/analysed-node.js";
import type { DataType } from "../../types/data-type.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { ReadColumns } from "../read-columns.js";
import { repeatRows } from "./repeat-rows.js";
import { StatelessOperator } from "./stateless-operator.js";

/** Element of a row that has none (outer). */
const NO_ELEMENT = -1;

/** One row per element of a list, in the list's order, with the row's weight; nothing (outer: one NULL) for NULL and for the empty list. */
export class Explode extends StatelessOperator {
  readonly #node: AnalysedExplode;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #elementType: DataType;
  readonly #read: ReadColumns;
  readonly #rows = new Int32Array(CHUNK_ROWS);
  readonly #elements = new Int32Array(CHUNK_ROWS);

  /** `read`: the columns that are read above. */
  constructor(node: AnalysedExplode, dependencies: OperatorDependencies, read: ReadColumns = null) {
    super();
    this.#node = node;
    this.#dependencies = dependencies;
    this.#evaluator = compileExpressions([node.list], { codegen: dependencies.codegen });
    this.#read = read;
    this.#elementType = node.schema.fields[node.schema.fields.length - 1].type;
  }

  process(_port: number, chunk: Chunk): void {
    const [column] = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    const lists = column.layout === "list" ? column : null;
    if (lists === null && !this.#node.outer) return;
    const count = chunk.sel === null ? chunk.length : chunk.sel.length;
    let length = 0;
    for (let i = 0; i < count; i++) {
      const row = chunk.sel === null ? i : chunk.sel[i];
      const isEmpty = lists === null || isNullAt(lists, row) || lists.offsets[row] === lists.offsets[row + 1];
      const from = isEmpty ? NO_ELEMENT : lists.offsets[row];
      const to = isEmpty ? (this.#node.outer ? 0 : NO_ELEMENT) : lists.offsets[row + 1];
      for (let element = from; element < to; element++) {
        if (length === CHUNK_ROWS) length = this.#send(chunk, lists, length);
        this.#rows[length] = row;
        this.#elements[length++] = element;
      }
    }
    if (length > 0) this.#send(chunk, lists, length);
  }

  /** Sends the collected rows; returns 0, the new length. */
  #send(chunk: Chunk, lists: ListColumn | null, length: number): 0 {
    const taken = repeatRows(chunk, { rows: this.#rows, count: length }, this.#read);
    const element =
      lists === null ? nullColumn(this.#elementType, length) : takeColumn(lists.elements, this.#elements, length);
    this.#dependencies.output.emit({ ...taken, schema: this.#node.schema, columns: [...taken.columns, element] });
    return 0;
  }
}
