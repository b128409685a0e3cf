import { type Operand, type ValueTerm, valueExpression } from "../column-argument.js";
import { Column } from "../column-expression.js";
import type { Condition } from "../column-operators.js";
import type { Case } from "../column-term.js";
import type { CaseWhen, Expression } from "../expression.js";

/** `when(col("n").gt(10), "many").when(col("n").gt(1), "some").otherwise("one")`; without otherwise, NULL. */
export function when<W extends Condition, T extends Operand>(
  condition: W,
  value: T,
): CaseColumn<readonly [ValueTerm<W>], readonly [ValueTerm<T>]> {
  return new CaseColumn({ kind: "case", branches: [branch(condition, value)], otherwise: null });
}

/** A CASE that can take further branches. */
export class CaseColumn<out W extends readonly unknown[], out T extends readonly unknown[]> extends Column<
  Case<W, T, false>
> {
  declare readonly expression: CaseWhen;

  when<W1 extends Condition, T1 extends Operand>(
    condition: W1,
    value: T1,
  ): CaseColumn<readonly [...W, ValueTerm<W1>], readonly [...T, ValueTerm<T1>]> {
    return new CaseColumn({ ...this.expression, branches: [...this.expression.branches, branch(condition, value)] });
  }

  otherwise<T1 extends Operand>(value: T1): Column<Case<W, readonly [...T, ValueTerm<T1>], true>> {
    return new Column({ ...this.expression, otherwise: valueExpression(value) });
  }
}

function branch(condition: Condition, value: Operand): { readonly when: Expression; readonly then: Expression } {
  return Object.freeze({ when: valueExpression(condition), then: valueExpression(value) });
}
