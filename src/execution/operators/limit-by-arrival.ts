import type { Chunk } from "../../columnar/chunk.js";
import { selectedCount } from "../../columnar/chunk-of.js";
import type { AnalysedLimit } from "../../plan/analysed-node.js";
import { NumberPart } from "../../state/number-part.js";
import type { StatePart } from "../../state/state-part.js";
import type { Operator, StateSize } from "../operator.js";
import type { OperatorDependencies } from "../operator-dependencies.js";

const COUNTER_BYTES = 8;

/**
 * limit over insert-only rows in their arrival order.
 *
 * Keeps: how many rows have come out. Forgets: nothing. Emits, in every mode: the first `count` rows as they come, weights
 * counted. Costs: O(1) per chunk, O(rows) where weights are not 1 or the limit is reached.
 */
export class LimitByArrival implements Operator {
  readonly #dependencies: OperatorDependencies;
  readonly #count: number;
  readonly #parts: readonly StatePart[];
  #taken = 0;

  constructor(node: AnalysedLimit, dependencies: OperatorDependencies) {
    this.#dependencies = dependencies;
    this.#count = node.count;
    this.#parts = [
      new NumberPart("taken", {
        read: () => this.#taken,
        write: (taken) => {
          this.#taken = taken;
        },
      }),
    ];
  }

  process(_port: number, chunk: Chunk): void {
    if (this.#taken >= this.#count) return;
    const part = chunk.weights === null ? this.#takeRows(chunk) : this.#takeWeights(chunk, chunk.weights);
    this.#dependencies.metrics.rowsUpdated = 1;
    this.#dependencies.output.emit({ ...part, partition: null });
  }

  finish(): void {}

  advance(): void {}

  stateSize(): StateSize {
    return { rows: this.#taken > 0 ? 1 : 0, bytes: COUNTER_BYTES };
  }

  stateParts(): readonly StatePart[] {
    return this.#parts;
  }

  #takeRows(chunk: Chunk): Chunk {
    const rows = selectedCount(chunk);
    const wanted = Math.min(rows, this.#count - this.#taken);
    this.#taken += wanted;
    return wanted === rows ? chunk : { ...chunk, sel: firstRows(chunk, wanted) };
  }

  /** The last row that still fits comes out with what is left of its weight. */
  #takeWeights(chunk: Chunk, weights: Int32Array): Chunk {
    const rows = selectedCount(chunk);
    const taken = weights.slice(0, chunk.length);
    let wanted = 0;
    while (wanted < rows && this.#taken < this.#count) {
      const row = chunk.sel === null ? wanted : chunk.sel[wanted];
      taken[row] = Math.min(taken[row], this.#count - this.#taken);
      this.#taken += taken[row];
      wanted++;
    }
    return { ...chunk, weights: taken, sel: wanted === rows ? chunk.sel : firstRows(chunk, wanted) };
  }
}

function firstRows({ sel }: Chunk, count: number): Int32Array {
  return sel === null ? Int32Array.from({ length: count }, (_, row) => row) : sel.subarray(0, count);
}
