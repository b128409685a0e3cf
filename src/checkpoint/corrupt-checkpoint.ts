import { CheckpointError } from "../common/millrace-error.js";

/** Damage that nothing may repair by guessing. */
export function corruptCheckpoint(path: string, what: string): CheckpointError {
  return new CheckpointError("CHECKPOINT_CORRUPT", `${path} is damaged: ${what}.`, {
    hint: "Restore the whole directory from a copy, or keep it for analysis and start with a new one.",
  });
}
