import { SinkError } from "../common/millrace-error.js";
import {
  decodeManifest,
  decodeSummary,
  encodeRecord,
  type Manifest,
  type ManifestSummary,
  type SinkOwner,
} from "./manifest.js";
import type { SinkStorage } from "./sink-storage.js";
import { type BatchAttempt, batchesOf, type TargetLayout } from "./target-layout.js";

/** Manifests that are kept when older ones are added up. They serve recovery, which asks for the newest alone. */
const KEPT = 100;
/** How many more there may be before it is worth while. */
const SLACK = 50;

/**
 * The manifests of a directory. Publishing `_manifest/<batch>` is the commit point of the batch: one of several committers
 * succeeds. The older ones are added up in `_manifest/summary`, so that their number does not grow; nobody needs their lists,
 * since every file with a final name is committed and named after its batch.
 */
export class ManifestLog {
  readonly #storage: SinkStorage;
  readonly #layout: TargetLayout;
  /** Ascending; what this instance knows of. */
  #batches: number[] = [];

  constructor(storage: SinkStorage, layout: TargetLayout) {
    this.#storage = storage;
    this.#layout = layout;
  }

  /** Whose directory it is; null: nobody's. */
  async owner(): Promise<SinkOwner | null> {
    return (await this.#readSummary()) ?? (await this.newest());
  }

  /** Makes it the directory of this owner, unless somebody was faster. */
  async claim({ query, sink }: SinkOwner): Promise<void> {
    const empty = { format: 1, query, sink, through: -1, batches: 0, files: 0, bytes: 0, rows: 0 } as const;
    const temporary = await this.#storeTemporary(empty);
    await this.#storage.publish(temporary, this.#layout.summary);
    await this.#storage.unlink(temporary);
    await this.#storage.sync(this.#layout.manifests);
  }

  /** Forgets what was committed; the files stay. The summary goes last: until then the directory has its old owner. */
  async clear(): Promise<void> {
    const names = await this.#storage.names(this.#layout.manifests);
    for (const batch of batchesOf(names)) await this.#storage.unlink(this.#layout.manifest(batch));
    await this.#storage.sync(this.#layout.manifests);
    await this.#storage.unlink(this.#layout.summary);
  }

  /** Looks what is there. The sync makes durable what a run published that died before its own. */
  async refresh(): Promise<void> {
    await this.#storage.sync(this.#layout.manifests);
    this.#batches = batchesOf(await this.#storage.names(this.#layout.manifests));
  }

  async newest(): Promise<Manifest | null> {
    const batch = batchesOf(await this.#storage.names(this.#layout.manifests)).at(-1);
    return batch === undefined ? null : this.read(batch);
  }

  /** null: not committed, or so long ago that it has been added up. */
  async read(batch: number): Promise<Manifest | null> {
    const path = this.#layout.manifest(batch);
    const bytes = await this.#storage.read(path);
    return bytes === null ? null : decodeManifest(bytes, path);
  }

  /** This batch, or a later one, is known to be committed. */
  reaches(batch: number): boolean {
    return batch <= (this.#batches.at(-1) ?? -1);
  }

  /** Commits the staged attempt. "taken": the batch has been committed before. "missing": somebody has aborted the attempt. */
  async publish(run: BatchAttempt): Promise<"published" | "taken" | "missing"> {
    const outcome = await this.#storage.publish(this.#layout.stagedManifest(run), this.#layout.manifest(run.batch));
    if (outcome !== "published") return outcome;
    this.#batches.push(run.batch);
    await this.#storage.sync(this.#layout.manifests);
    return outcome;
  }

  /** Adds up manifests when there are many. A crash in between leaves some that are counted already: they are unlinked the next time. */
  async compact(): Promise<void> {
    if (this.#batches.length < KEPT + SLACK) return;
    const old = this.#batches.slice(0, -KEPT);
    const summary = await this.#readSummary();
    if (summary === null) throw lost(this.#layout.summary);
    const temporary = await this.#storeTemporary(await this.#added(summary, old));
    await this.#storage.rename(temporary, this.#layout.summary);
    await this.#storage.sync(this.#layout.manifests);
    for (const batch of old) await this.#storage.unlink(this.#layout.manifest(batch));
    this.#batches = this.#batches.slice(-KEPT);
  }

  async #added(summary: ManifestSummary, batches: readonly number[]): Promise<ManifestSummary> {
    let sum = summary;
    for (const batch of batches.filter((each) => each > summary.through)) {
      const files = (await this.read(batch))?.files ?? [];
      sum = {
        ...sum,
        through: batch,
        batches: sum.batches + 1,
        files: sum.files + files.length,
        bytes: files.reduce((bytes, file) => bytes + file.bytes, sum.bytes),
        rows: files.reduce((rows, file) => rows + file.rows, sum.rows),
      };
    }
    return sum;
  }

  async #readSummary(): Promise<ManifestSummary | null> {
    const bytes = await this.#storage.read(this.#layout.summary);
    return bytes === null ? null : decodeSummary(bytes, this.#layout.summary);
  }

  async #storeTemporary(summary: ManifestSummary): Promise<string> {
    const path = this.#storage.join(this.#layout.manifests, "summary.tmp");
    await this.#storage.unlink(path);
    await this.#storage.store(path, [encodeRecord(summary)]);
    return path;
  }
}

function lost(path: string): SinkError {
  return new SinkError("SINK_MANIFEST_DAMAGED", `${path} is gone.`, {
    hint: "Something else has removed it while the query ran; start the query again.",
  });
}
