import type { Column } from "../../columnar/column.js";
import { growFloat64 } from "../../state/grow.js";
import { numberColumn } from "../../state/number-store.js";
import { float64ColumnOf, float64sOf } from "../../state/slot-columns.js";
import type { BoolType, DateType, Field, Float64Type, Int32Type } from "../../types/data-type.js";
import { type Accumulator, absentRows, type FinishRange, type UpdateStep } from "./accumulator.js";
import type { Contributions } from "./contributions.js";
import { FLOAT64 } from "./result-types.js";

// The steps of #addFloats and #addIntegers.
const MAX_OF_FLOATS = "const value = $1[row] + 0; if (!(value <= $0[g])) $2($0, g, value);";
const MIN_OF_FLOATS =
  "const value = $1[row] + 0; const best = $0[g]; if (value < best || best !== best) $0[g] = value;";
const MAX_OF_INTEGERS = "if ($1[row] > $0[g]) $0[g] = $1[row];";
const MIN_OF_INTEGERS = "if (!($1[row] >= $0[g])) $0[g] = $1[row];";

/**
 * min and max of bool, int32, date and float64 over insert-only input: one double per group, which starts as the
 * value that any other replaces (for min: NaN, the greatest). A semilattice: adding twice is adding once.
 */
export class NumberExtremeAccumulator implements Accumulator {
  readonly fields: readonly Field[] = [{ name: "value", type: FLOAT64, nullable: false }];
  readonly #type: BoolType | Int32Type | DateType | Float64Type;
  readonly #isMax: boolean;
  readonly #identity: number;
  #values = new Float64Array(0);

  constructor(type: BoolType | Int32Type | DateType | Float64Type, isMax: boolean) {
    this.#type = type;
    this.#isMax = isMax;
    this.#identity = isMax ? Number.NEGATIVE_INFINITY : Number.NaN;
  }

  get bytes(): number {
    return this.#values.byteLength;
  }

  grow(capacity: number): void {
    if (this.#values.length < capacity) this.#values = growFloat64(this.#values, capacity, this.#identity);
  }

  add(entries: Contributions, args: readonly Column[]): void {
    const column = args[0];
    if (column.layout === "float64") this.#addFloats(entries, column.values);
    else if (column.layout === "int32") this.#addIntegers(entries, column.values);
    else if (column.layout === "bool") this.#addBools(entries, column.values);
    else throw new Error(`Broken invariant: a number of layout ${column.layout}`);
  }

  updateStep([column]: readonly Column[]): UpdateStep | null {
    if (column.layout === "float64") {
      const bindings = [this.#values, column.values, setUnlessNaN];
      return { code: this.#isMax ? MAX_OF_FLOATS : MIN_OF_FLOATS, bindings };
    }
    if (column.layout !== "int32") return null;
    return { code: this.#isMax ? MAX_OF_INTEGERS : MIN_OF_INTEGERS, bindings: [this.#values, column.values] };
  }

  finish(range: FinishRange): Column {
    const values = new Float64Array(range.count);
    for (let i = 0; i < range.count; i++) values[i] = this.#values[range.groups[i]];
    return numberColumn(this.#type, values, absentRows(range));
  }

  clear(groups: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#values[groups[i]] = this.#identity;
  }

  merge(into: number, from: number): void {
    const value = this.#values[from];
    const best = this.#values[into];
    const replaces = this.#isMax ? value > best || Number.isNaN(value) : value < best || Number.isNaN(best);
    if (replaces) this.#values[into] = value;
    this.#values[from] = this.#identity;
  }

  save(groups: Int32Array): readonly Column[] {
    return [float64ColumnOf(this.#values, groups)];
  }

  load(groups: Int32Array, columns: readonly Column[]): void {
    const values = float64sOf(columns[0]);
    for (let i = 0; i < groups.length; i++) this.#values[groups[i]] = values[i];
  }

  // One loop per array class and direction: a loop that has met several array classes is many times slower.

  #addFloats({ count, rows, groups }: Contributions, values: Float64Array): void {
    const best = this.#values;
    if (this.#isMax) {
      for (let i = 0; i < count; i++) {
        const value = values[rows[i]] + 0;
        if (!(value <= best[groups[i]])) setUnlessNaN(best, groups[i], value);
      }
    } else {
      for (let i = 0; i < count; i++) {
        const value = values[rows[i]] + 0;
        if (value < best[groups[i]] || Number.isNaN(best[groups[i]])) best[groups[i]] = value;
      }
    }
  }

  #addIntegers({ count, rows, groups }: Contributions, values: Int32Array): void {
    const best = this.#values;
    if (this.#isMax) {
      for (let i = 0; i < count; i++) if (values[rows[i]] > best[groups[i]]) best[groups[i]] = values[rows[i]];
    } else {
      for (let i = 0; i < count; i++) if (!(values[rows[i]] >= best[groups[i]])) best[groups[i]] = values[rows[i]];
    }
  }

  #addBools({ count, rows, groups }: Contributions, values: Uint8Array): void {
    const best = this.#values;
    for (let i = 0; i < count; i++) {
      const value = values[rows[i]];
      const replaces = this.#isMax ? value > best[groups[i]] : !(value >= best[groups[i]]);
      if (replaces) best[groups[i]] = value;
    }
  }
}

/** A maximum that is NaN stays. */
function setUnlessNaN(best: Float64Array, group: number, value: number): void {
  if (!Number.isNaN(best[group])) best[group] = value;
}
