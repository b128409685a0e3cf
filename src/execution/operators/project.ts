import type { Chunk } from "../../columnar/chunk.js";
import type { AnalysedProject } from "../../plan/analysed-node.js";
import { compileExpressions, type ExpressionEvaluator } from "../expressions/compile-expression.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { StatelessOperator } from "./stateless-operator.js";

/** select: other columns over the same rows; selection, weights, partition and row bounds stay. */
export class Project extends StatelessOperator {
  readonly #node: AnalysedProject;
  readonly #dependencies: OperatorDependencies;
  readonly #evaluator: ExpressionEvaluator;

  constructor(node: AnalysedProject, dependencies: OperatorDependencies) {
    super();
    this.#node = node;
    this.#dependencies = dependencies;
    this.#evaluator = compileExpressions(node.columns, { codegen: dependencies.codegen });
  }

  process(_port: number, chunk: Chunk): void {
    const columns = this.#evaluator.evaluate(chunk, this.#dependencies.context());
    this.#dependencies.output.emit({ ...chunk, schema: this.#node.schema, columns });
  }
}
