import type { CheckpointFiles } from "./checkpoint-files.js";
import { attemptName, attemptOfName, numbersOf } from "./entry-name.js";
import { COMMITS, type Log, OFFSETS, PREPARED, readEntry } from "./log-entry.js";
import type { PreparedRecord } from "./records.js";
import type { Found, RecoveryFacts, SinkFact } from "./recovery-facts.js";

/** Reads what recovery decides by; changes nothing. */
export async function readFacts(
  files: CheckpointFiles,
  metadata: RecoveryFacts["metadata"],
  sinks: readonly SinkFact[],
): Promise<RecoveryFacts> {
  const offsetBatches = numbersOf(await files.names("offsets"));
  const newest = offsetBatches.at(-1);
  return {
    metadata,
    offsetBatches,
    commitBatches: numbersOf(await files.names("commits")),
    newestOffsets: await readNumbered(files, OFFSETS, newest),
    commitOfNewest: await readNumbered(files, COMMITS, newest),
    lastCommit: await readNumbered(files, COMMITS, newest === undefined ? undefined : newest - 1),
    prepared: newest === undefined ? [] : await readPrepared(files, newest),
    sinks,
  };
}

async function readNumbered<R extends object>(
  files: CheckpointFiles,
  log: Log<R>,
  batch: number | undefined,
): Promise<Found<R>> {
  if (batch === undefined || batch < 0) return { kind: "missing" };
  return readEntry(files, log, { name: String(batch), batch });
}

/** Every attempt at the batch, in the order of their numbers. Stored output lies beside the entries, under longer names. */
async function readPrepared(files: CheckpointFiles, batch: number): Promise<readonly Found<PreparedRecord>[]> {
  const attempts = (await files.names("prepared"))
    .map((name) => ({ name, of: attemptOfName(name) }))
    .flatMap(({ name, of }) => (of?.batch === batch && attemptName(of) === name ? [of.attempt] : []))
    .sort((a, b) => a - b);
  const found: Found<PreparedRecord>[] = [];
  for (const attempt of attempts) {
    found.push(await readEntry(files, PREPARED, { name: attemptName({ batch, attempt }), batch }));
  }
  return found;
}
