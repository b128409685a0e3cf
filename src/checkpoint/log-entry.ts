import type { CheckpointFiles } from "./checkpoint-files.js";
import { DamagedLog } from "./damaged-log.js";
import { attemptName } from "./entry-name.js";
import { decodeLog, encodeLog } from "./log-file.js";
import { commitShape, offsetShape, preparedShape, type Shape } from "./record-shapes.js";
import type { CommitRecord, OffsetRecord, PreparedRecord } from "./records.js";
import type { Found } from "./recovery-facts.js";

/** One of the three logs: its folder, which its headers name too; what its entries are, and how they are called. */
export interface Log<R> {
  readonly kind: "offsets" | "prepared" | "commits";
  readonly shape: Shape<R>;
  readonly nameOf: (record: R) => string;
}

export const OFFSETS: Log<OffsetRecord> = {
  kind: "offsets",
  shape: offsetShape,
  nameOf: ({ batch }) => String(batch),
};

export const PREPARED: Log<PreparedRecord> = { kind: "prepared", shape: preparedShape, nameOf: attemptName };

export const COMMITS: Log<CommitRecord> = {
  kind: "commits",
  shape: commitShape,
  nameOf: ({ batch }) => String(batch),
};

/** `until`: see CheckpointFiles.publish. */
export async function publishEntry<R extends { readonly batch: number }>(
  files: CheckpointFiles,
  { kind, shape, nameOf }: Log<R>,
  { record, until }: { readonly record: R; until?(): Promise<void> },
): Promise<void> {
  const name = nameOf(record);
  const { batch } = record;
  const identity = { kind, batch, path: files.path(kind, name) };
  await files.publish({ folder: kind, name, batch }, encodeLog(identity, shape(record)), until);
}

/** What there is of an entry. An entry that is whole but belongs under another name is corrupt. */
export async function readEntry<R extends object>(
  files: CheckpointFiles,
  { kind, shape, nameOf }: Log<R>,
  { name, batch }: { readonly name: string; readonly batch: number },
): Promise<Found<R>> {
  const path = files.path(kind, name);
  const bytes = await files.read(kind, name);
  if (bytes === null) return { kind: "missing" };
  try {
    const record = shape(decodeLog(bytes, { kind, batch, path }));
    if (nameOf(record) !== name) throw new DamagedLog("it is the entry of another name");
    return { kind: "valid", record };
  } catch (error) {
    if (error instanceof DamagedLog) return { kind: "corrupt", path, reason: error.message };
    throw error;
  }
}
