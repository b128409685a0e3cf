import { allocateValidity } from "../../columnar/buffers.js";
import type { LaneColumn } from "../kernels/lane-column.js";
import type { CompiledLoop, Variant } from "./fused-program.js";

/** A stream whose NULLs come and go in ever other columns gets one loop that takes them in any column. */
const MOST_VARIANTS = 16;

/** A loop, and its inputs as it wants them. */
export interface ChosenLoop {
  readonly loop: CompiledLoop;
  readonly inputs: readonly LaneColumn[];
}

/** The loops of one expression, by which inputs have NULLs and whether there is a selection. */
export class LoopCache {
  readonly #make: (variant: Variant) => CompiledLoop | null;
  readonly #loops = new Map<string, CompiledLoop | null>();

  constructor(make: (variant: Variant) => CompiledLoop | null) {
    this.#make = make;
  }

  /** Null when the expression is too long for a loop. */
  choose(inputs: readonly LaneColumn[], isSelected: boolean): ChosenLoop | null {
    const key = (isSelected ? "s" : "a") + inputs.map(({ validity }) => (validity === null ? "." : "n")).join("");
    let loop = this.#loops.get(key);
    if (loop === undefined) {
      if (this.#loops.size >= MOST_VARIANTS && key.includes("."))
        return this.choose(inputs.map(withValidity), isSelected);
      loop = this.#make({ isSelected, isNullable: (input) => inputs[input].validity !== null });
      this.#loops.set(key, loop);
    }
    return loop === null ? null : { loop, inputs };
  }
}

function withValidity(column: LaneColumn): LaneColumn {
  return column.validity === null ? { ...column, validity: allocateValidity(column.length) } : column;
}
