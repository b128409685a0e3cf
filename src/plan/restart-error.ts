import { CheckpointError } from "../common/millrace-error.js";

export interface RestartChange {
  /** With its place: 'The path of source "orders"'. */
  readonly what: string;
  readonly old: string;
  readonly new: string;
}

/**
 * A change that the kept state does not allow, with the ways out.
 * @param also a way out besides going back and starting anew
 */
export function cannotContinue(code: string, change: RestartChange, also?: string): CheckpointError {
  const hint = `Go back to the old query${also === undefined ? "" : `, ${also}`}, or start with a new checkpoint directory and start offsets.`;
  return new CheckpointError(code, `${change.what}: it was ${change.old}, now it is ${change.new}.`, { hint });
}
