import { allocateInt64, int32Halves } from "../../columnar/buffers.js";
import { CHUNK_ROWS, type Chunk } from "../../columnar/chunk.js";
import type { Int64Column } from "../../columnar/column.js";
import type { AnalysedWindow } from "../../plan/analysed-node.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import type { ReadColumns } from "../read-columns.js";
import { repeatRows } from "./repeat-rows.js";
import { StatelessOperator } from "./stateless-operator.js";
import { areInstants, windowColumn, windowType, withTimes } from "./window-column.js";
import { areNarrow, lastStart, lastStartNarrow, type NarrowShape, narrowShape, writeHalves } from "./window-kernels.js";

/** Sliding windows: a row comes out once for every window that holds it, earliest first. A row without a time comes out never. */
export class SlideWindow extends StatelessOperator {
  readonly #node: AnalysedWindow;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;
  readonly #narrow: NarrowShape | null;
  readonly #read: ReadColumns;
  readonly #rows = new Int32Array(CHUNK_ROWS);
  #starts = allocateInt64(CHUNK_ROWS);

  /** `read`: the columns that are read above. */
  constructor(node: AnalysedWindow, dependencies: OperatorDependencies, read: ReadColumns) {
    super();
    this.#node = node;
    this.#dependencies = dependencies;
    this.#evaluator = compileExpressions([node.time], { codegen: dependencies.codegen });
    this.#read = read;
    this.#narrow = narrowShape(node.shape);
  }

  process(_port: number, chunk: Chunk): void {
    const [times] = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    if (!areInstants(times)) return;
    const sel = withTimes(chunk, times);
    const rows = { chunk, sel, count: sel === null ? chunk.length : sel.length };
    const isExact = this.#narrow !== null && areNarrow(times.values, times.length);
    const length = isExact ? this.#fillNarrow(times, rows, this.#narrow) : this.#fillWide(times, rows);
    if (length > 0) this.#send(chunk, length);
  }

  #fillNarrow({ values }: Int64Column, { chunk, sel, count }: Rows, shape: NarrowShape): number {
    const { size, slide } = shape;
    const halves = int32Halves(values);
    let starts = int32Halves(this.#starts);
    let length = 0;
    for (let i = 0; i < count; i++) {
      const row = sel === null ? i : sel[i];
      const high = halves[2 * row + 1];
      const low = halves[2 * row];
      const last = lastStartNarrow(high, low, shape);
      const time = high * 0x1_0000_0000 + (low >>> 0);
      // Windows that hold the time start after time - size.
      const windows = Math.ceil((size - (time - last)) / slide);
      for (let back = windows - 1; back >= 0; back--) {
        if (length === CHUNK_ROWS) {
          length = this.#send(chunk, length);
          starts = int32Halves(this.#starts);
        }
        this.#rows[length] = row;
        writeHalves(starts, length++, last - back * slide);
      }
    }
    return length;
  }

  #fillWide({ values }: Int64Column, { chunk, sel, count }: Rows): number {
    const { size, slide, offset } = this.#node.shape;
    let length = 0;
    for (let i = 0; i < count; i++) {
      const row = sel === null ? i : sel[i];
      const time = values[row];
      const last = lastStart(time, slide, offset);
      const earlier = (size - (time - last) - 1n) / slide;
      for (let start = last - earlier * slide; start <= last; start += slide) {
        if (length === CHUNK_ROWS) length = this.#send(chunk, length);
        this.#rows[length] = row;
        this.#starts[length++] = start;
      }
    }
    return length;
  }

  /** Sends the collected rows; returns 0, the new length. */
  #send(chunk: Chunk, length: number): 0 {
    const { schema, shape } = this.#node;
    const starts = this.#starts.subarray(0, length);
    const ends = allocateInt64(length);
    for (let i = 0; i < length; i++) ends[i] = starts[i] + shape.size;
    this.#starts = allocateInt64(CHUNK_ROWS);
    const taken = repeatRows(chunk, { rows: this.#rows, count: length }, this.#read);
    const windows = windowColumn({ starts, ends }, length, windowType(this.#node));
    this.#dependencies.output.emit({ ...taken, schema, columns: [...taken.columns, windows] });
    return 0;
  }
}

interface Rows {
  readonly chunk: Chunk;
  readonly sel: Int32Array | null;
  readonly count: number;
}
