import type { CheckpointFiles, CheckpointFolder } from "./checkpoint-files.js";
import { attemptOfName, isTemporary } from "./entry-name.js";

export interface SweepParts {
  readonly files: CheckpointFiles;
  /** Rejects when another run has taken over. */
  verify(): Promise<void>;
  warn(message: string): void;
}

/**
 * Removes what runs left that died while they wrote. Their temporary files belong to nobody; should one of these runs not be
 * dead but slow, it finds that it cannot publish. Should this run be the slow one, it touches nothing of the one that has
 * taken over: it lists the files first, and makes sure then that it is the owner still.
 */
export async function sweepTemporary(parts: SweepParts): Promise<void> {
  for (const folder of ["root", "offsets", "prepared", "commits"] as const) await sweep(parts, folder, isTemporary);
}

/**
 * Removes state and stored output of other attempts at `batch`. Only for a run that has decided to make an attempt of its own
 * at it: then no other one can ever count.
 */
export async function sweepOtherAttempts(parts: SweepParts, batch: number, attempt: number): Promise<void> {
  for (const folder of ["state", "prepared"] as const) {
    await sweep(parts, folder, (name) => {
      const of = attemptOfName(name);
      return of !== null && of.batch >= batch && of.attempt !== attempt;
    });
  }
}

async function sweep(
  { files, verify, warn }: SweepParts,
  folder: CheckpointFolder,
  isDead: (name: string) => boolean,
): Promise<void> {
  try {
    // Sorted: the entry of an attempt before its stored output, whose name is longer.
    const names = [...(await files.names(folder))].filter(isDead).sort();
    if (names.length > 0) await verify();
    for (const name of names) await files.unlink({ folder, name, batch: null });
  } catch (error) {
    warn(`Files of a run that died are left behind. ${String(error)}`);
  }
}
