import type { ManifestFile } from "./manifest.js";
import type { SinkStorage } from "./sink-storage.js";

/** One try at one batch. */
export interface BatchAttempt {
  readonly batch: number;
  readonly attempt: number;
}

const BATCH = /^(?:0|[1-9]\d*)$/;
const STAGED = /^(0|[1-9]\d*)-(0|[1-9]\d*)$/;

/**
 * Where a file sink keeps what, in the directory that it writes to. Readers skip names that begin with `_`.
 *
 *     part-<batch>-<number>-<owner>.<extension>      the rows; below `column=value/` where there are partitions
 *     _staging/<batch>-<attempt>/                    files that are not committed yet, and their manifest
 *     _manifest/<batch>                              the batch is committed
 *     _manifest/summary                              the owner, and the older manifests added up
 */
export class TargetLayout {
  readonly root: string;
  readonly manifests: string;
  readonly staging: string;
  readonly summary: string;
  readonly #storage: SinkStorage;

  constructor(storage: SinkStorage, root: string) {
    this.#storage = storage;
    this.root = root;
    this.manifests = storage.join(root, "_manifest");
    this.staging = storage.join(root, "_staging");
    this.summary = storage.join(this.manifests, "summary");
  }

  manifest(batch: number): string {
    return this.#storage.join(this.manifests, String(batch));
  }

  stagingOf({ batch, attempt }: BatchAttempt): string {
    return this.#storage.join(this.staging, `${batch}-${attempt}`);
  }

  stagedManifest(run: BatchAttempt): string {
    return this.#storage.join(this.stagingOf(run), "manifest");
  }

  /** Where a file lies in a directory of staged files. */
  staged(directory: string, file: Pick<ManifestFile, "path">): string {
    return this.#storage.join(directory, file.path.slice(file.path.lastIndexOf("/") + 1));
  }

  final(file: Pick<ManifestFile, "path">): string {
    return this.#storage.join(this.root, ...file.path.split("/"));
  }

  /** The directories that hold a file, from the root on. */
  directoriesOf(file: Pick<ManifestFile, "path">): readonly string[] {
    const names = file.path.split("/").slice(0, -1);
    return [this.root, ...names.map((_, i) => this.#storage.join(this.root, ...names.slice(0, i + 1)))];
  }
}

/** Batches with a manifest, ascending, from the names beside them. */
export function batchesOf(names: readonly string[]): number[] {
  return names
    .filter((name) => BATCH.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

export function attemptsOf(names: readonly string[]): readonly BatchAttempt[] {
  return names.flatMap((name) => {
    const found = STAGED.exec(name);
    return found === null ? [] : [{ batch: Number(found[1]), attempt: Number(found[2]) }];
  });
}
