import type { Chunk } from "../../columnar/chunk.js";
import type { Operator, StateSize } from "../operator.js";

const NO_STATE: StateSize = { rows: 0, bytes: 0 };

/** An operator that sends what it has to send from `process`, and remembers nothing. */
export abstract class StatelessOperator implements Operator {
  abstract process(port: number, chunk: Chunk): void;

  finish(): void {}

  advance(): void {}

  stateSize(): StateSize {
    return NO_STATE;
  }
}
