import type { Column } from "../../columnar/column.js";
import type { DataType } from "../../types/data-type.js";
import { ColumnMerge } from "../kernels/column-merge.js";
import type { Batch, RowEvaluator } from "../kernels/kernel.js";
import { type Rows, trueRows, withoutRows } from "../kernels/rows.js";

export interface CaseParts {
  readonly branches: readonly { readonly when: RowEvaluator; readonly then: RowEvaluator }[];
  readonly otherwise: RowEvaluator | null;
  readonly type: DataType;
}

/** when(...): a branch is evaluated for its own rows only, a condition for the rows that no condition before it took. */
export class CaseEvaluator implements RowEvaluator {
  readonly #parts: CaseParts;

  constructor(parts: CaseParts) {
    this.#parts = parts;
  }

  evaluate(batch: Batch, rows: Rows): Column {
    const { branches, otherwise, type } = this.#parts;
    const merge = new ColumnMerge(batch.length);
    let open = rows;
    for (const { when, then } of branches) {
      if (open.count === 0) break;
      const taken = trueRows(open, when.evaluate(batch, open));
      if (taken.count > 0) merge.add(then.evaluate(batch, taken), taken);
      open = withoutRows(open, taken);
    }
    if (otherwise === null) merge.addNulls(open);
    else if (open.count > 0) merge.add(otherwise.evaluate(batch, open), open);
    return merge.finish(type);
  }
}
