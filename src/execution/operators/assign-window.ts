import { allocateInt64 } from "../../columnar/buffers.js";
import type { Chunk } from "../../columnar/chunk.js";
import type { Int64Column, StructColumn } from "../../columnar/column.js";
import { scaledOf } from "../../columnar/scaled-column.js";
import type { AnalysedWindow } from "../../plan/analysed-node.js";
import { CalendarWindows } from "../../types/calendar-windows.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { Operator } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { EdgeReader } from "../read-columns.js";
import type { Selection } from "./event-times.js";
import { SlideWindow } from "./slide-window.js";
import { StatelessOperator } from "./stateless-operator.js";
import { areInstants, fixedWindowColumn, windowColumn, windowType, withTimes } from "./window-column.js";
import { type NarrowShape, narrowShape, tumbleCalendar, tumbleNarrow, tumbleWide } from "./window-kernels.js";

/** window(time, …): the windows of each row as a struct column. */
export function assignWindow(
  node: AnalysedWindow,
  dependencies: OperatorDependencies,
  above: EdgeReader = { read: null, keeps: true },
): Operator {
  const { size, slide, calendar } = node.shape;
  return calendar === null && slide < size
    ? new SlideWindow(node, dependencies, above.read)
    : new TumbleWindow(node, dependencies, above.keeps);
}

/** Every row gets its one window: a column more over the same rows. Rows without a time are dropped from the selection. */
class TumbleWindow extends StatelessOperator {
  readonly #node: AnalysedWindow;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #narrow: NarrowShape | null;
  readonly #calendar: CalendarWindows | null;
  readonly #isKept: boolean;
  /** Where nobody keeps them: the starts of the chunk before, to be written over, in memory that is still in the cache. */
  #starts = allocateInt64(0);

  /** `isKept`: columns are referred to after the operator above has processed them. */
  constructor(node: AnalysedWindow, dependencies: OperatorDependencies, isKept: boolean) {
    super();
    this.#node = node;
    this.#isKept = isKept;
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

  #fixedWindows(times: Int64Column, selection: Selection): StructColumn {
    const { shape } = this.#node;
    const { length } = times;
    const starts = this.#isKept ? allocateInt64(length) : this.#startsOf(length);
    const least = this.#tumbleNarrow(times, selection, starts);
    if (least === null) tumbleWide(times.values, selection, { shape, starts });
    const windows = { starts, size: shape.size, least: least === null ? null : BigInt(least) };
    return fixedWindowColumn(windows, length, windowType(this.#node));
  }

  /** In the unit that the times came in where windows are whole numbers of it. */
  #tumbleNarrow(times: Int64Column, selection: Selection, starts: BigInt64Array): number | null {
    const shape = this.#narrow;
    const scaled = scaledOf(times);
    if (shape === null) return null;
    if (scaled === null || shape.size % scaled.factor !== 0 || shape.offset % scaled.factor !== 0) {
      return tumbleNarrow(times.values, selection, { shape, factor: 1, starts });
    }
    return tumbleNarrow(scaled.source, selection, { shape, factor: scaled.factor, starts });
  }

  #startsOf(length: number): BigInt64Array {
    if (this.#starts.length < length) this.#starts = allocateInt64(length);
    return this.#starts;
  }

  #calendarWindows({ values, length }: Int64Column, selection: Selection, windows: CalendarWindows): StructColumn {
    const out = { starts: allocateInt64(length), ends: allocateInt64(length) };
    tumbleCalendar(values, selection, { windows, out });
    return windowColumn(out, length, windowType(this.#node));
  }
}
