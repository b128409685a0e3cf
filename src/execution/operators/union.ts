import type { Chunk } from "../../columnar/chunk.js";
import type { AnalysedUnion } from "../../plan/analysed-node.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { StatelessOperator } from "./stateless-operator.js";

/** The rows of every input, one after the other; the planner has brought them to the same types. */
export class Union extends StatelessOperator {
  readonly #node: AnalysedUnion;
  readonly #dependencies: OperatorDependencies;

  constructor(node: AnalysedUnion, dependencies: OperatorDependencies) {
    super();
    this.#node = node;
    this.#dependencies = dependencies;
  }

  process(_port: number, chunk: Chunk): void {
    this.#dependencies.output.emit({ ...chunk, schema: this.#node.schema });
  }
}
