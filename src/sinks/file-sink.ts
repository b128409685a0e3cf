import type { CommitPermit } from "../checkpoint/commit-permit.js";
import type { Chunk } from "../columnar/chunk.js";
import { assert } from "../common/assert.js";
import { crc32Hex } from "../common/crc32.js";
import type { FileSystem } from "../common/file-system.js";
import { SinkError } from "../common/millrace-error.js";
import { plainPath } from "../common/plain-path.js";
import type { FileEncoder, WritableFormat } from "../formats/writable-format.js";
import { FilePlan, type FilePlanOptions } from "./file-plan.js";
import type { Manifest, SinkOwner } from "./manifest.js";
import { ManifestLog } from "./manifest-log.js";
import { moveIntoPlace } from "./move-into-place.js";
import type { Sink, SinkBatch, SinkMode, SinkShape } from "./sink.js";
import { SinkStorage } from "./sink-storage.js";
import { StagingArea } from "./staging-area.js";
import { type BatchAttempt, TargetLayout } from "./target-layout.js";

export interface FileSinkConfig extends FilePlanOptions {
  readonly files: FileSystem;
  /** The directory; made when it is not there. */
  readonly path: string;
  readonly format: WritableFormat;
  /** Takes over a directory that another query has written to; its files stay. */
  readonly resetSink: boolean;
}

/** By these a directory is known as that of a checkpoint. */
const CHECKPOINT_NAMES = ["metadata", "offsets", "commits"];

/** What stands once the sink knows its query and its columns. */
interface OpenSink {
  readonly owner: SinkOwner;
  readonly plan: FilePlan;
  readonly encode: FileEncoder;
}

/**
 * Appends the rows of each batch to a directory as new files, exactly once, also for a reader that only lists the directory:
 * files are staged, the manifest of the batch is published (that is the commit), then they get their final names. Whoever
 * opens the directory after a crash finishes what was committed. One query owns a directory.
 */
export class FileSink implements Sink {
  readonly label: string;
  readonly modes: readonly SinkMode[] = ["append"];
  readonly deletes = false;
  readonly idempotent = true;
  readonly durable = true;
  readonly #config: FileSinkConfig;
  readonly #storage: SinkStorage;
  readonly #layout: TargetLayout;
  readonly #log: ManifestLog;
  readonly #staging: StagingArea;
  #opened: OpenSink | null = null;
  #run: BatchAttempt | null = null;
  #rows: Chunk[] = [];

  constructor(config: FileSinkConfig) {
    this.#config = config;
    this.label = `${config.format.name}(${plainPath(config.path)})`;
    this.#storage = new SinkStorage(config.files);
    this.#layout = new TargetLayout(this.#storage, config.path);
    this.#log = new ManifestLog(this.#storage, this.#layout);
    this.#staging = new StagingArea(this.#storage, this.#layout);
  }

  /** @throws SinkError SINK_TARGET_TAKEN, and what the format and partitionBy refuse */
  async open(query: string, sink: string, shape: SinkShape): Promise<void> {
    const owner = { query, sink };
    const plan = new FilePlan(shape.schema, this.#config);
    const encode = await this.#config.format.encoderFor(plan.fileSchema);
    this.#storage.batch = null;
    await this.#refuseCheckpoint();
    await this.#storage.makeDurableDirectory(this.#layout.root);
    for (const directory of [this.#layout.manifests, this.#layout.staging])
      await this.#storage.makeDirectory(directory);
    await this.#storage.sync(this.#layout.root);
    await this.#takeOwnership(owner);
    await this.#log.refresh();
    await this.#finishNewest();
    this.#opened = { owner, plan, encode };
  }

  async committed(): Promise<BatchAttempt | null> {
    const newest = await this.#log.newest();
    return newest === null ? null : { batch: newest.batch, attempt: newest.attempt };
  }

  async begin(batch: number, attempt: number): Promise<void> {
    this.#storage.batch = batch;
    this.#run = { batch, attempt };
    this.#rows = [];
  }

  async write({ chunk }: SinkBatch): Promise<void> {
    if (chunk.length > 0) this.#rows.push(chunk);
  }

  async prepare(): Promise<string> {
    const { owner, plan, encode } = this.#use();
    const run = this.#run;
    assert(run !== null, "a batch is begun before it is prepared");
    const rows = this.#rows;
    this.#rows = [];
    const directory = this.#layout.stagingOf(run);
    // A batch that is committed comes again: what it brings is there already, and may wait in staging for its names.
    if (this.#log.reaches(run.batch)) return directory;
    await this.#discard(run);
    const nameOf = (n: number): string => this.#fileName(owner, run.batch, n);
    const files = await this.#staging.write(directory, plan.files(rows), { encode, nameOf });
    await this.#staging.seal({ format: 1, ...owner, ...run, files });
    return directory;
  }

  async commit({ batch, attempt }: CommitPermit): Promise<void> {
    const run = { batch, attempt };
    this.#storage.batch = batch;
    const manifest = await this.#publish(run);
    if (manifest === null) return;
    await this.#finish(manifest);
    await this.#log.compact();
  }

  async abort(attempt: number): Promise<void> {
    if (this.#run?.attempt === attempt) this.#rows = [];
    for (const run of await this.#staging.attempts()) if (run.attempt === attempt) await this.#discard(run);
  }

  async close(): Promise<void> {
    this.#rows = [];
  }

  /** A checkpoint's own files would be read as rows. */
  async #refuseCheckpoint(): Promise<void> {
    const names = await this.#storage.names(this.#layout.root);
    if (!CHECKPOINT_NAMES.every((name) => names.includes(name))) return;
    throw new SinkError("SINK_TARGET_TAKEN", `${this.#config.path} is the directory of a checkpoint.`, {
      place: this.label,
      hint: "Write to a directory of its own.",
    });
  }

  async #takeOwnership(owner: SinkOwner): Promise<void> {
    if ((await this.#log.owner()) === null) await this.#log.claim(owner);
    const found = await this.#log.owner();
    if (found !== null && isSameOwner(found, owner)) return;
    if (!this.#config.resetSink) throw this.#taken(found);
    await this.#finishNewest();
    await this.#log.clear();
    for (const run of await this.#staging.attempts()) await this.#staging.remove(run);
    await this.#log.claim(owner);
  }

  /** Gives committed files their names, and drops what older attempts have left. */
  async #finishNewest(): Promise<void> {
    const newest = await this.#log.newest();
    if (newest === null) return;
    await this.#finish(newest);
    for (const run of await this.#staging.attempts()) if (run.batch <= newest.batch) await this.#staging.remove(run);
  }

  async #finish(manifest: Manifest): Promise<void> {
    const staging = this.#layout.stagingOf(manifest);
    await moveIntoPlace(this.#storage, this.#layout, { staging, files: manifest.files });
    await this.#staging.remove(manifest);
  }

  /** The manifest of the batch, which is committed now; null when it was so long ago that nothing more is known. */
  async #publish(run: BatchAttempt): Promise<Manifest | null> {
    const known = await this.#log.read(run.batch);
    if (known === null && this.#log.reaches(run.batch)) return null;
    if (known === null && (await this.#log.publish(run)) === "missing") throw this.#conflict(run, null);
    const manifest = known ?? (await this.#log.read(run.batch));
    if (manifest?.attempt === run.attempt && isSameOwner(manifest, this.#use().owner)) return manifest;
    throw this.#conflict(run, manifest);
  }

  #discard(run: BatchAttempt): Promise<void> {
    return this.#staging.discard(run, async () => (await this.#log.read(run.batch))?.attempt === run.attempt);
  }

  /** Files of several owners may lie in one directory (resetSink): each has names of its own. */
  #fileName(owner: SinkOwner, batch: number, n: number): string {
    const tag = crc32Hex(new TextEncoder().encode(JSON.stringify([owner.query, owner.sink])));
    const number = `${String(batch).padStart(10, "0")}-${String(n).padStart(5, "0")}`;
    return `part-${number}-${tag}.${this.#config.format.extension}`;
  }

  #use(): OpenSink {
    assert(this.#opened !== null, "a sink is opened before it is written to");
    return this.#opened;
  }

  #taken(owner: SinkOwner | null): SinkError {
    const who = owner === null ? "something else" : `the query ${owner.query} (sink ${owner.sink})`;
    return new SinkError("SINK_TARGET_TAKEN", `${this.#config.path} is written by ${who}.`, {
      place: this.label,
      hint: "Start the query from the checkpoint it had, write to another directory, or take this one over with the option resetSink: files stay, rows may come twice.",
    });
  }

  #conflict({ batch, attempt }: BatchAttempt, found: Manifest | null): SinkError {
    const what =
      found === null
        ? `Attempt ${attempt} of batch ${batch} was aborted by another run`
        : `Batch ${batch} is committed by attempt ${found.attempt} of the query ${found.query}, so attempt ${attempt} cannot be`;
    return new SinkError("SINK_CONFLICT", `${what}: two runs write to ${this.#config.path}.`, {
      place: this.label,
      hint: "Let one run at a time write, and start this query again: it goes on behind what is committed.",
    });
  }
}

function isSameOwner(a: SinkOwner, b: SinkOwner): boolean {
  return a.query === b.query && a.sink === b.sink;
}
