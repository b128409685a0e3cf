import { assert } from "../common/assert.js";
import type { FileEncoder } from "../formats/writable-format.js";
import type { PlannedFile } from "./file-plan.js";
import { encodeRecord, isSafePath, type Manifest, type ManifestFile } from "./manifest.js";
import type { SinkStorage } from "./sink-storage.js";
import { attemptsOf, type BatchAttempt, type TargetLayout } from "./target-layout.js";

/** How rows become files. */
export interface FileMaker {
  readonly encode: FileEncoder;
  /** The name of the n-th file. */
  readonly nameOf: (n: number) => string;
}

/** `_staging`: what has been written and not been committed, by attempt. */
export class StagingArea {
  readonly #storage: SinkStorage;
  readonly #layout: TargetLayout;

  constructor(storage: SinkStorage, layout: TargetLayout) {
    this.#storage = storage;
    this.#layout = layout;
  }

  /** Writes files into a directory that is made; they are whole and durable, under names that nobody reads. */
  async write(directory: string, planned: Iterable<PlannedFile>, maker: FileMaker): Promise<readonly ManifestFile[]> {
    await this.#storage.makeDirectory(directory);
    const files: ManifestFile[] = [];
    for (const file of planned) {
      const name = maker.nameOf(files.length);
      const path = file.directory === "" ? name : `${file.directory}/${name}`;
      assert(isSafePath(path), "no value of a partition column leads out of the directory");
      const stored = await this.#storage.store(this.#layout.staged(directory, { path }), maker.encode(file.chunks));
      files.push({ path, rows: file.rows, ...stored });
    }
    return files;
  }

  /** Puts the manifest beside the files: the attempt can be committed, now and after a power cut. */
  async seal(manifest: Manifest): Promise<void> {
    await this.#storage.store(this.#layout.stagedManifest(manifest), [encodeRecord(manifest)]);
    await this.#storage.sync(this.#layout.stagingOf(manifest));
    await this.#storage.sync(this.#layout.staging);
  }

  attempts(): Promise<readonly BatchAttempt[]> {
    return this.#storage.names(this.#layout.staging).then(attemptsOf);
  }

  /**
   * Makes sure that an attempt is never committed, then removes it. The manifest goes first: a committer that was stopped for
   * a while and goes on finds nothing to publish. One that has published before keeps its files: they are the batch.
   */
  async discard(run: BatchAttempt, isCommitted: () => Promise<boolean>): Promise<void> {
    await this.#storage.unlink(this.#layout.stagedManifest(run));
    if (!(await isCommitted())) await this.remove(run);
  }

  remove(run: BatchAttempt): Promise<void> {
    return this.#storage.remove(this.#layout.stagingOf(run));
  }
}
