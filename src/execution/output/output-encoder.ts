import type { StatePart } from "../../state/state-part.js";
import type { Output } from "../operator.js";
import type { OutputBatch } from "./output-batch.js";

/**
 * Turns the root's changes into what a mode sends. Gets every chunk of a trigger by `emit`, then `finish` once: the
 * trigger's batches, in order. Batches are never empty and never longer than a chunk may be.
 */
export interface OutputEncoder extends Output {
  finish(): readonly OutputBatch[];
  /** Rows and bytes kept between triggers. */
  readonly bytes: number;
  /** What a checkpoint keeps of it; absent where nothing is kept between triggers. */
  stateParts?(): readonly StatePart[];
}
