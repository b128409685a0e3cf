import type { Chunk } from "../../columnar/chunk.js";
import type { OperatorDependencies } from "../operator-dependencies.js";
import { StatelessOperator } from "./stateless-operator.js";

/** Order is a property of the output (execution/output), not of an edge: rows pass as they are. */
export class Sort extends StatelessOperator {
  readonly #dependencies: OperatorDependencies;

  constructor(dependencies: OperatorDependencies) {
    super();
    this.#dependencies = dependencies;
  }

  process(_port: number, chunk: Chunk): void {
    this.#dependencies.output.emit(chunk);
  }
}
