import { allocateInt64 } from "../../columnar/buffers.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Int64Column, StructColumn } from "../../columnar/column.js";
import type { AnalysedWindow } from "../../plan/analysed-node.js";
import { CalendarWindows } from "../../types/calendar-windows.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { Operator } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { ReadColumns } from "../read-columns.js";
import type { Selection } from "./event-times.js";
import { SlideWindow } from "./slide-window.js";
import { StatelessOperator } from "./stateless-operator.js";
import { areInstants, fixedWindowColumn, windowColumn, windowType, withTimes } from "./window-column.js";
import { type NarrowShape, narrowShape, tumbleCalendar, tumbleNarrow, tumbleWide } from "./window-kernels.js";

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
    const windows =
      this.#calendar === null
        ? this.#fixedWindows(times, { sel, count })
        : this.#calendarWindows(times, { sel, count }, this.#calendar);
    this.#dependencies.output.emit({ ...chunk, schema: this.#node.schema, sel, columns: [...chunk.columns, windows] });
  }

  #fixedWindows({ values, length }: Int64Column, selection: Selection): StructColumn {
    const { shape } = this.#node;
    const starts = allocateInt64(length);
    const least = this.#narrow === null ? null : tumbleNarrow(values, selection, { shape: this.#narrow, starts });
    if (least === null) tumbleWide(values, selection, { shape, starts });
    const windows = { starts, size: shape.size, least: least === null ? null : BigInt(least) };
    return fixedWindowColumn(windows, length, windowType(this.#node));
  }

  #calendarWindows({ values, length }: Int64Column, selection: Selection, windows: CalendarWindows): StructColumn {
    const out = { starts: allocateInt64(length), ends: allocateInt64(length) };
    tumbleCalendar(values, selection, { windows, out });
    return windowColumn(out, length, windowType(this.#node));
  }
}
