import { allocateInt64 } from "../../columnar/buffers.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Int64Column } from "../../columnar/column.js";
import type { AnalysedWindow } from "../../plan/analysed-node.js";
import { CalendarWindows } from "../../types/calendar-windows.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { Operator } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { ReadColumns } from "../read-columns.js";
import type { Selection } from "./event-times.js";
import { SlideWindow } from "./slide-window.js";
import { StatelessOperator } from "./stateless-operator.js";
import { areInstants, windowColumn, windowType, withTimes } from "./window-column.js";
import {
  areNarrow,
  type NarrowShape,
  narrowShape,
  tumbleCalendar,
  tumbleNarrow,
  tumbleWide,
  type WindowArrays,
} from "./window-kernels.js";

/** window(time, …): the windows of each row as a struct column. `read`: the columns that are read above. */
export function assignWindow(
  node: AnalysedWindow,
  dependencies: OperatorDependencies,
  read: ReadColumns = null,
): Operator {
  const { size, slide, calendar } = node.shape;
  return calendar === null && slide < size
    ? new SlideWindow(node, dependencies, read)
    : new TumbleWindow(node, dependencies);
}

/** Every row gets its one window: a column more over the same rows. Rows without a time are dropped from the selection. */
class TumbleWindow extends StatelessOperator {
  readonly #node: AnalysedWindow;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #narrow: NarrowShape | null;
  readonly #calendar: CalendarWindows | null;

  constructor(node: AnalysedWindow, dependencies: OperatorDependencies) {
    super();
    this.#node = node;
    this.#dependencies = dependencies;
    this.#evaluator = compileExpressions([node.time], { codegen: dependencies.codegen });
    this.#narrow = narrowShape(node.shape);
    this.#calendar = node.shape.calendar === null ? null : new CalendarWindows(node.shape.calendar);
  }

  process(_port: number, chunk: Chunk): void {
    const [times] = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    if (!areInstants(times)) return;
    const sel = withTimes(chunk, times);
    const count = sel === null ? chunk.length : sel.length;
    if (count === 0) return;
    const out: WindowArrays = { starts: allocateInt64(chunk.length), ends: allocateInt64(chunk.length) };
    this.#assign(times, { sel, count }, out);
    const windows = windowColumn(out, chunk.length, windowType(this.#node));
    this.#dependencies.output.emit({ ...chunk, schema: this.#node.schema, sel, columns: [...chunk.columns, windows] });
  }

  #assign({ values, length }: Int64Column, selection: Selection, out: WindowArrays): void {
    const narrow = this.#narrow !== null && areNarrow(values, length) ? this.#narrow : null;
    if (this.#calendar !== null) tumbleCalendar(values, selection, { windows: this.#calendar, out });
    else if (narrow !== null) tumbleNarrow(values, selection, { shape: narrow, out });
    else tumbleWide(values, selection, { shape: this.#node.shape, out });
  }
}
