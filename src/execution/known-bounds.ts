import { type BoundExpression, NO_BOUND, type Watermarks } from "../plan/bound-expression.js";
import { evaluateBound } from "./evaluate-bound.js";

/** The values of bounds, computed anew when watermarks have moved: as long as none has, they are the same array. */
export class KnownBounds {
  readonly #bounds: readonly BoundExpression[];
  #watermarks: Watermarks | null = null;
  #values: readonly bigint[];

  constructor(bounds: readonly BoundExpression[]) {
    this.#bounds = bounds;
    this.#values = bounds.map(() => NO_BOUND);
  }

  /** In the order of the bounds. */
  under(watermarks: Watermarks): readonly bigint[] {
    if (watermarks !== this.#watermarks) {
      this.#watermarks = watermarks;
      this.#values = this.#bounds.map((bound) => evaluateBound(bound, watermarks));
    }
    return this.#values;
  }
}
