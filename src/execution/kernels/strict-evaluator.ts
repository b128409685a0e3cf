import type { Column, DictionaryColumn } from "../../columnar/column.js";
import { nullColumn } from "../../columnar/null-column.js";
import { valueAt } from "../../columnar/value-at.js";
import type { DataType } from "../../types/data-type.js";
import { andValidity, withNullsOf } from "./combine-nulls.js";
import { ConstantEvaluator } from "./constant-evaluator.js";
import { evaluatePerEntry } from "./evaluate-per-entry.js";
import type { Batch, ColumnFunction, Constant, RowEvaluator } from "./kernel.js";
import { RowFailure } from "./row-failure.js";
import { oneRow, type Rows, rowAt, validRows } from "./rows.js";
import { withoutDictionary } from "./without-dictionary.js";

export interface StrictCall {
  readonly args: readonly RowEvaluator[];
  readonly constants: readonly (Constant | null)[];
  readonly type: DataType;
  readonly run: ColumnFunction;
}

/** NULL where any argument is NULL; elsewhere what the kernel says. One text argument by dictionary is computed once per text. */
export class StrictEvaluator implements RowEvaluator {
  readonly #call: StrictCall;
  readonly #varying: readonly number[];
  readonly #isNull: boolean;
  #constant: ConstantEvaluator | null = null;

  constructor(call: StrictCall) {
    this.#call = call;
    this.#varying = call.args.map((_, i) => i).filter((i) => call.constants[i] === null);
    this.#isNull = call.constants.some((constant) => constant !== null && constant.value === null);
  }

  evaluate(batch: Batch, rows: Rows): Column {
    const { args, type } = this.#call;
    const { length } = batch;
    if (this.#isNull || rows.count === 0) return nullColumn(type, length);
    if (this.#varying.length === 0) return this.#constantFor(batch, rows);
    const columns = new Map(this.#varying.map((i) => [i, args[i].evaluate(batch, rows)]));
    const varying = [...columns.values()];
    if (varying.some(({ layout }) => layout === "null")) return nullColumn(type, length);
    const nulls = andValidity(varying, length);
    const present = validRows(rows, nulls.validity);
    if (present.count === 0) return nullColumn(type, length);
    return withNullsOf(this.#run(columns, { batch, rows: present }), nulls);
  }

  /** A call of constants is computed once. */
  #constantFor(batch: Batch, rows: Rows): Column {
    this.#constant ??= new ConstantEvaluator(this.#call.type, this.#valueOfConstants(batch, rows));
    return this.#constant.evaluate(batch);
  }

  #valueOfConstants(batch: Batch, rows: Rows): unknown {
    try {
      return valueAt(this.#run(new Map(), { batch: { ...batch, length: 1 }, rows: oneRow(0) }), 0);
    } catch (error) {
      throw error instanceof RowFailure ? error.at(rowAt(rows, 0)) : error;
    }
  }

  #run(columns: ReadonlyMap<number, Column>, { batch, rows }: { readonly batch: Batch; readonly rows: Rows }): Column {
    const { args, run } = this.#call;
    const { length, context } = batch;
    const [only = -1] = columns.keys();
    const text = columns.get(only);
    if (columns.size === 1 && text?.layout === "dictionary" && isWorthIt(text, rows)) {
      const argument = (index: number, entries: number): Column =>
        index === only
          ? text.dictionary
          : withoutDictionary(
              args[index].evaluate({ columns: [], length: entries, context }, { sel: null, count: entries }),
            );
      return evaluatePerEntry(text, rows, { run, context, argument });
    }
    const plain = new Map<number, Column>();
    const column = (index: number): Column => {
      const known = plain.get(index);
      if (known !== undefined) return known;
      const made = withoutDictionary(columns.get(index) ?? args[index].evaluate(batch, rows));
      plain.set(index, made);
      return made;
    };
    return run({ rows, length, context, column });
  }
}

/** Looking at the dictionary costs as much as looking at so many rows. */
function isWorthIt({ dictionary }: DictionaryColumn, rows: Rows): boolean {
  return dictionary.length <= 2 * rows.count;
}
