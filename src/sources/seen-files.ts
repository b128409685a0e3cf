import { assert } from "../common/assert.js";
import type { FileInfo } from "../common/file-system.js";

/** A file that was promised to a trigger. */
export interface SeenFile {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Its place among all promised files; offsets count these. */
  readonly position: number;
}

/** Everything of the seen set that must outlive the process. */
export interface SeenState {
  readonly end: number;
  /** Files that are older and not among `files` may have been read and forgotten: they are ignored. */
  readonly horizon: number;
  /** By position; without gaps from some position on. */
  readonly files: readonly SeenFile[];
}

/** The horizon is a number of JSON, so below all times, but not infinite. */
export const NOTHING_SEEN: SeenState = Object.freeze({ end: 0, horizon: Number.MIN_SAFE_INTEGER, files: [] });

/**
 * Which files have been promised, and in which order. It forgets: the order of files that no trigger reads again
 * (`forgetOrder`), and altogether those files that nobody would list as new (`forget`).
 */
export class SeenFiles {
  readonly #byPath = new Map<string, SeenFile>();
  /** Those whose order still counts, the last of them at position `end` - 1. */
  #order: SeenFile[] = [];
  #end = 0;
  #newest = NOTHING_SEEN.horizon;
  #horizon = NOTHING_SEEN.horizon;

  /** Number of files ever promised. */
  get end(): number {
    return this.#end;
  }

  /** The first position whose file is still known by its place. */
  get start(): number {
    return this.#end - this.#order.length;
  }

  get state(): SeenState {
    const files = [...this.#byPath.values()].sort((a, b) => a.position - b.position);
    return { end: this.#end, horizon: this.#horizon, files };
  }

  /** Into an empty set: what an earlier process knew. */
  restore({ end, horizon, files }: SeenState): void {
    assert(this.#end === 0, "files are restored once, before any is promised");
    for (const file of files) this.#remember(file);
    this.#horizon = horizon;
    this.#end = end;
    let first = files.length;
    while (first > 0 && files[first - 1].position === end - (files.length - first) - 1) first--;
    this.#order = files.slice(first);
  }

  /** A file that was promised, or is so old that it may have been. */
  isKnown(file: FileInfo): boolean {
    return file.modified < this.#horizon || this.#byPath.has(file.path);
  }

  at(position: number): SeenFile | undefined {
    return this.#order[position - this.start];
  }

  slice(from: number, to: number): readonly SeenFile[] {
    return this.#order.slice(from - this.start, to - this.start);
  }

  /** Files of the next positions, in order. */
  add(files: readonly SeenFile[]): void {
    for (const file of files) {
      assert(file.position === this.#end, "files are promised one after the other");
      this.#remember(file);
      this.#order.push(file);
      this.#end++;
    }
  }

  forgetOrder(below: number): void {
    this.#order.splice(0, Math.max(0, below - this.start));
  }

  /**
   * Forgets files without a place that are older than `maxAgeMs` before the newest one, or that are not `present` any
   * more. Where nothing at all is present, the directory may just be out of reach: then only age counts.
   */
  forget(present: readonly FileInfo[], maxAgeMs: number): void {
    this.#horizon = Math.max(this.#horizon, this.#newest - maxAgeMs);
    const modified = new Map(present.map((file) => [file.path, file.modified]));
    for (const file of [...this.#byPath.values()]) {
      const isGone = modified.size > 0 && !modified.has(file.path);
      const isOld = (modified.get(file.path) ?? file.modified) < this.#horizon;
      if (file.position < this.start && (isGone || isOld)) this.#byPath.delete(file.path);
    }
  }

  #remember(file: SeenFile): void {
    this.#byPath.set(file.path, file);
    this.#newest = Math.max(this.#newest, file.modified);
  }
}
