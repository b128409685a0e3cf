import type { ResolvedExpression } from "../../expressions/resolved-expression.js";
import { type Lane, laneOf } from "../kernels/lane.js";
import { partsOf } from "./expression-parts.js";
import { isFused } from "./fusable.js";
import { isNullByConstant } from "./kernel-call-of.js";

/** A column of fixed width that a generated loop reads. */
export interface FusedInput {
  readonly expression: ResolvedExpression;
  readonly lane: Lane;
}

/** The columns a loop reads, each once; everything above them is code. */
export class FusedInputs {
  readonly list: readonly FusedInput[];
  readonly #byExpression = new Map<ResolvedExpression, number>();
  readonly #byColumn = new Map<number, number>();

  constructor(roots: readonly ResolvedExpression[]) {
    const list: FusedInput[] = [];
    for (const root of roots) this.#collect(root, list);
    this.list = list;
  }

  /** The number of the input that an expression is, or null when it is code. */
  indexOf(expression: ResolvedExpression): number | null {
    if (expression.kind === "column") return this.#byColumn.get(expression.index) ?? null;
    return this.#byExpression.get(expression) ?? null;
  }

  #collect(expression: ResolvedExpression, list: FusedInput[]): void {
    const lane = laneOf(expression.type);
    if (expression.kind === "literal" || lane === null || this.indexOf(expression) !== null) return;
    if (expression.kind !== "column" && isFused(expression)) {
      if ((expression.kind === "call" || expression.kind === "cast") && isNullByConstant(expression)) return;
      for (const part of partsOf(expression)) this.#collect(part, list);
      return;
    }
    if (expression.kind === "column") this.#byColumn.set(expression.index, list.length);
    else this.#byExpression.set(expression, list.length);
    list.push({ expression, lane });
  }
}
