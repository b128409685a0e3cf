import type { Chunk } from "../../columnar/chunk.js";
import type { AnalysedFilter } from "../../plan/analysed-node.js";
import { compilePredicate, type PredicateEvaluator } from "../expressions/compile-expression.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { StatelessOperator } from "./stateless-operator.js";

/** Keeps the rows for which the condition is TRUE, as a selection: no value is copied. */
export class Filter extends StatelessOperator {
  readonly #dependencies: OperatorDependencies;
  readonly #predicate: PredicateEvaluator;

  constructor(node: AnalysedFilter, dependencies: OperatorDependencies) {
    super();
    this.#dependencies = dependencies;
    this.#predicate = compilePredicate(node.condition, { codegen: dependencies.codegen });
  }

  process(_port: number, chunk: Chunk): void {
    const selected = this.#predicate.select(chunk, this.#dependencies.context());
    if (selected === "all") this.#dependencies.output.emit(chunk);
    else if (selected !== null && selected.length > 0) this.#dependencies.output.emit({ ...chunk, sel: selected });
  }
}
