import type { Chunk } from "../columnar/chunk.js";
import type { FileSystem } from "../common/file-system.js";
import { SinkError } from "../common/millrace-error.js";
import type { WritableFormat } from "../formats/writable-format.js";
import type { Schema } from "../types/data-type.js";
import { FilePlan, type FilePlanOptions, type PlannedFile } from "./file-plan.js";
import type { ManifestFile } from "./manifest.js";
import { moveIntoPlace } from "./move-into-place.js";
import { SinkStorage } from "./sink-storage.js";
import { StagingArea } from "./staging-area.js";
import { TargetLayout } from "./target-layout.js";

/** What happens where files are already: they stay, they are replaced, it is an error, or nothing is written. */
export type SaveMode = "append" | "overwrite" | "error" | "ignore";

export interface FileWrite extends FilePlanOptions {
  readonly files: FileSystem;
  /** The directory; made when it is not there. */
  readonly path: string;
  readonly format: WritableFormat;
  readonly mode: SaveMode;
  readonly schema: Schema;
  /** No other write has had it: it is in the names of the files. */
  readonly id: string;
  /** Runs the query; called once everything that can be refused has been. */
  readonly rows: () => Promise<readonly Chunk[]>;
}

const STAGING = "_staging-";

/**
 * Writes rows as files of a directory, all or none: they are written under a name that readers skip, and get their final names
 * when all are whole and durable. What an overwrite replaces is removed last. An error before leaves everything as it was; a
 * crash while the names are given leaves some of the new files, and the next overwrite removes them.
 */
export async function writeFiles(write: FileWrite): Promise<void> {
  const plan = new FilePlan(write.schema, write);
  const encode = await write.format.encoderFor(plan.fileSchema);
  const storage = new SinkStorage(write.files);
  const layout = new TargetLayout(storage, write.path);
  if (!(await isWelcome(storage, layout, write.mode))) return;
  const planned = filesOf(plan, write, await write.rows());
  await storage.makeDurableDirectory(layout.root);
  const staging = storage.join(layout.root, `${STAGING}${write.id}`);
  const nameOf = (n: number): string => `part-${String(n).padStart(5, "0")}-${write.id}.${write.format.extension}`;
  let files: readonly ManifestFile[] = [];
  try {
    files = await new StagingArea(storage, layout).write(staging, planned, { encode, nameOf });
    await moveIntoPlace(storage, layout, { staging, files });
  } catch (error) {
    // The first error is the one to tell.
    await takeBack(storage, layout, { staging, files }).catch(() => {});
    throw error;
  }
  await storage.remove(staging);
  if (write.mode === "overwrite") await removeOthers(storage, layout.root, new Set(files.map((file) => file.path)));
}

/** False: there is something, and it is to be left alone. */
async function isWelcome(storage: SinkStorage, layout: TargetLayout, mode: SaveMode): Promise<boolean> {
  if (mode === "append") return true;
  const names = await storage.names(layout.root);
  const isStream = names.includes("_manifest");
  if (mode === "overwrite") {
    if (isStream) throw takenByStream(layout.root);
    return true;
  }
  if (!isStream && !names.some((name) => !isHidden(name))) return true;
  if (mode === "ignore") return false;
  throw new SinkError("SINK_TARGET_EXISTS", `There are files in ${layout.root} already.`, {
    hint: 'Choose another directory, or say what to do: mode("append"), mode("overwrite") or mode("ignore").',
  });
}

/** A directory without partitions gets a file even for no rows: it tells the columns. */
function filesOf(plan: FilePlan, { partitionBy }: FileWrite, chunks: readonly Chunk[]): Iterable<PlannedFile> {
  const isEmpty = chunks.every((chunk) => chunk.length === 0);
  return isEmpty && partitionBy.length === 0 ? [{ directory: "", chunks: [], rows: 0 }] : plan.files(chunks);
}

async function takeBack(
  storage: SinkStorage,
  layout: TargetLayout,
  { staging, files }: { readonly staging: string; readonly files: readonly ManifestFile[] },
): Promise<void> {
  for (const file of files) await storage.unlink(layout.final(file));
  await storage.remove(staging);
}

/** Removes what is in a directory, `kept` (paths within it) and hidden entries at its top aside. */
async function removeOthers(storage: SinkStorage, root: string, kept: ReadonlySet<string>): Promise<void> {
  const remove = async (directory: string, prefix: string): Promise<void> => {
    for (const entry of await storage.list(directory)) {
      const path = `${prefix}${storage.baseName(entry.path)}`;
      if (kept.has(path) || (prefix === "" && isHidden(path) && !path.startsWith(STAGING))) continue;
      const holdsKept = entry.isDirectory && [...kept].some((file) => file.startsWith(`${path}/`));
      await (holdsKept ? remove(entry.path, `${path}/`) : storage.remove(entry.path));
    }
  };
  await remove(root, "");
}

function isHidden(name: string): boolean {
  return name.startsWith("_") || name.startsWith(".");
}

function takenByStream(path: string): SinkError {
  return new SinkError("SINK_TARGET_TAKEN", `${path} is written by a streaming query, whose files would be gone.`, {
    hint: "Write to another directory, or append.",
  });
}
