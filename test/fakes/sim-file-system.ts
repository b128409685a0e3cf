import { posix } from "node:path";
import type { FileInfo, FileSystem, NewFile } from "../../src/common/file-system.js";
import {
  copyOf,
  durableImage,
  type SimChange,
  SimDirectory,
  SimFile,
  type SimNode,
  unsyncedChanges,
} from "./sim-node.js";

/** The process has died: no call does anything any more. */
export class SimCrash extends Error {}

/**
 * What a crash leaves. 'process': everything that was done, durable or not. 'power': only what was synced.
 * 'power-subset': what was synced, and up to three of the operations that were not, as the seed says.
 */
export type CrashModel = "process" | "power" | "power-subset";

/** A POSIX error without effect, or 'short': a write takes one byte, a read gives half. */
export type SimFault = "EIO" | "ENOSPC" | "EMFILE" | "EINTR" | "EACCES" | "EPERM" | "EXDEV" | "ENOTSUP" | "short";

export interface SimOperation {
  /** Counted from 1; changes and reads apart. */
  readonly number: number;
  readonly kind: string;
  readonly path: string;
}

interface PlannedFault {
  readonly at: number;
  readonly fault: SimFault;
  readonly isSticky: boolean;
}

const MOST_SPARED = 3;

/**
 * Files in memory, twice: as processes see them, and as a power cut would leave them. Names become durable when their
 * directory is synced, content when the file is. Every operation has a number, at which it can fail, or the process die.
 * Deterministic.
 */
export class SimFileSystem implements FileSystem {
  readonly #root: SimDirectory;
  /** By path: finding a directory must not cost a walk per operation. */
  readonly #directories = new Map<string, SimDirectory>();
  #changes = 0;
  #reads = 0;
  #crashAt = Number.POSITIVE_INFINITY;
  #hasCrashed = false;
  #fault: PlannedFault | null = null;
  #readFault: PlannedFault | null = null;
  #open = 0;
  /** Hears of every operation before it is done. */
  onOperation: ((operation: SimOperation) => void) | null = null;

  constructor(root: SimDirectory = new SimDirectory()) {
    this.#root = root;
  }

  /** Operations that change something, so far; refused ones count. */
  get operations(): number {
    return this.#changes;
  }

  get readOperations(): number {
    return this.#reads;
  }

  /** Files that have been created and not been closed. */
  get openFiles(): number {
    return this.#open;
  }

  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** The process dies at change number `operation`; a write has then taken half of its bytes. */
  crashAt(operation: number): void {
    this.#crashAt = operation;
  }

  /** Change number `operation` fails; with `isSticky`, and every one after it. */
  failAt(operation: number, fault: SimFault, isSticky = false): void {
    this.#fault = { at: operation, fault, isSticky };
  }

  failReadAt(operation: number, fault: SimFault, isSticky = false): void {
    this.#readFault = { at: operation, fault, isSticky };
  }

  /** A new machine on what is left of the disk. This one stays as it is: many crashes can be made of it. */
  afterCrash(model: CrashModel, seed = 0): SimFileSystem {
    if (model === "process") return new SimFileSystem(copyOf(this.#root));
    const spared = model === "power" ? [] : chosen(unsyncedChanges(this.#root), seed);
    return new SimFileSystem(durableImage(this.#root, new Set(spared)));
  }

  /** Paths of all files, sorted. */
  paths(): readonly string[] {
    return filesIn(this.#root, "").sort();
  }

  /** Looks into a file without being noticed. */
  peek(path: string): Uint8Array {
    return this.#file(path).volatile;
  }

  /** Puts a whole file there without being noticed, durably: damage, or what another program wrote. */
  put(path: string, bytes: Uint8Array): void {
    const directory = this.#made(posix.dirname(path));
    const file = new SimFile();
    file.change({ order: 0, at: 0, bytes: bytes.slice(), truncates: false });
    file.sync();
    directory.volatile.set(posix.basename(path), file);
    directory.durable.set(posix.basename(path), file);
  }

  async list(directory: string): Promise<readonly FileInfo[]> {
    this.#read("list", directory);
    const names = this.#directory(directory)?.volatile.keys() ?? [];
    return [...names].flatMap((name) => this.#info(posix.join(directory, name)) ?? []);
  }

  async names(directory: string): Promise<readonly string[]> {
    this.#read("names", directory);
    return [...(this.#directory(directory)?.volatile.keys() ?? [])];
  }

  async stat(path: string): Promise<FileInfo | null> {
    this.#read("stat", path);
    return this.#info(path);
  }

  async read(path: string): Promise<Uint8Array> {
    const isShort = this.#read("read", path);
    const bytes = this.#file(path).volatile;
    return bytes.slice(0, isShort ? bytes.length >> 1 : bytes.length);
  }

  async readRange(path: string, from: number, to: number): Promise<Uint8Array> {
    const isShort = this.#read("read", path);
    const bytes = this.#file(path).volatile.slice(from, to);
    return isShort ? bytes.subarray(0, bytes.length >> 1) : bytes;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#change("write", path);
    const directory = this.#made(posix.dirname(path));
    const known = directory.volatile.get(posix.basename(path));
    const file = known instanceof SimFile ? known : new SimFile();
    if (file !== known) this.#name(directory, [[posix.basename(path), file]]);
    file.change({ order: this.#changes, at: 0, bytes: bytes.slice(), truncates: true });
  }

  async create(path: string): Promise<NewFile> {
    this.#change("create", path);
    const directory = this.#parent(path);
    if (directory.volatile.has(posix.basename(path))) throw failure("EEXIST", path);
    const file = new SimFile();
    this.#name(directory, [[posix.basename(path), file]]);
    return this.#opened(path, file);
  }

  async link(from: string, to: string): Promise<void> {
    this.#change("link", to);
    const file = this.#file(from);
    const directory = this.#parent(to);
    if (directory.volatile.has(posix.basename(to))) throw failure("EEXIST", to);
    this.#name(directory, [[posix.basename(to), file]]);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change("rename", to);
    const file = this.#file(from);
    const source = this.#parent(from);
    const target = this.#parent(to);
    const removed = [posix.basename(from), null] as const;
    const added = [posix.basename(to), file] as const;
    if (source === target) return this.#name(source, [removed, added]);
    this.#name(target, [added]);
    this.#name(source, [removed]);
  }

  async unlink(path: string): Promise<void> {
    this.#change("unlink", path);
    this.#file(path);
    this.#name(this.#parent(path), [[posix.basename(path), null]]);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#change("syncDirectory", path);
    const directory = this.#directory(path);
    if (directory === null) throw failure("ENOENT", path);
    directory.sync();
  }

  async makeDirectory(path: string): Promise<void> {
    this.#change("makeDirectory", path);
    this.#made(path);
  }

  async remove(path: string): Promise<void> {
    this.#change("remove", path);
    const directory = this.#directory(posix.dirname(path));
    if (directory?.volatile.has(posix.basename(path))) this.#name(directory, [[posix.basename(path), null]]);
    this.#directories.clear();
  }

  join(...parts: string[]): string {
    return posix.join(...parts);
  }

  baseName(path: string): string {
    return posix.basename(path);
  }

  #opened(path: string, file: SimFile): NewFile {
    let isOpen = true;
    this.#open++;
    const refuseClosed = (): void => {
      if (!isOpen) throw failure("EBADF", path);
    };
    return {
      write: async (bytes) => this.#append(path, file, { bytes, refuseClosed }),
      sync: async () => {
        this.#syncFile(path, file);
        refuseClosed();
        file.sync();
      },
      close: async () => {
        this.#change("close", path);
        refuseClosed();
        isOpen = false;
        this.#open--;
      },
    };
  }

  #append(
    path: string,
    file: SimFile,
    { bytes, refuseClosed }: { bytes: Uint8Array; refuseClosed: () => void },
  ): number {
    const add = (taken: number): number => {
      const change = { order: this.#changes, at: file.volatile.length, bytes: bytes.slice(0, taken), truncates: false };
      file.change(change);
      return taken;
    };
    if (!this.#hasCrashed && this.#changes + 1 >= this.#crashAt) add(bytes.length >> 1);
    const isShort = this.#change("append", path);
    refuseClosed();
    return add(isShort ? Math.min(1, bytes.length) : bytes.length);
  }

  #syncFile(path: string, file: SimFile): void {
    if (file.syncFailed) throw new Error(`Broken invariant: ${path} was synced again after a sync of it had failed`);
    try {
      this.#change("sync", path);
    } catch (error) {
      file.syncFailed = true;
      throw error;
    }
  }

  /** Counts a change, and refuses it when it is its turn. Whether it is to be short. */
  #change(kind: string, path: string): boolean {
    if (this.#hasCrashed) throw new SimCrash(`${kind} ${path} after the crash`);
    this.#changes++;
    this.onOperation?.({ number: this.#changes, kind, path });
    if (this.#changes >= this.#crashAt) {
      this.#hasCrashed = true;
      throw new SimCrash(`at ${kind} ${path}`);
    }
    return strikes(this.#fault, this.#changes, path);
  }

  #read(kind: string, path: string): boolean {
    if (this.#hasCrashed) throw new SimCrash(`${kind} ${path} after the crash`);
    this.#reads++;
    this.onOperation?.({ number: this.#reads, kind, path });
    return strikes(this.#readFault, this.#reads, path);
  }

  #name(directory: SimDirectory, names: readonly (readonly [string, SimNode | null])[]): void {
    directory.change({ order: this.#changes, names });
  }

  #info(path: string): FileInfo | null {
    const directory = this.#directory(path);
    if (directory !== null) return { path, size: 0, modified: 0, isDirectory: true };
    const node = this.#directory(posix.dirname(path))?.volatile.get(posix.basename(path));
    return node instanceof SimFile ? { path, size: node.volatile.length, modified: 0, isDirectory: false } : null;
  }

  #file(path: string): SimFile {
    const node = this.#directory(posix.dirname(path))?.volatile.get(posix.basename(path));
    if (node instanceof SimFile) return node;
    throw failure(node === undefined ? "ENOENT" : "EISDIR", path);
  }

  #parent(path: string): SimDirectory {
    const directory = this.#directory(posix.dirname(path));
    if (directory === null) throw failure("ENOENT", path);
    return directory;
  }

  #directory(path: string): SimDirectory | null {
    const known = this.#directories.get(path);
    if (known !== undefined) return known;
    let node: SimNode | undefined = this.#root;
    for (const part of partsOf(path)) node = node instanceof SimDirectory ? node.volatile.get(part) : undefined;
    if (!(node instanceof SimDirectory)) return null;
    this.#directories.set(path, node);
    return node;
  }

  #made(path: string): SimDirectory {
    let directory = this.#root;
    for (const part of partsOf(path)) {
      const known = directory.volatile.get(part);
      if (known instanceof SimFile) throw failure("ENOTDIR", path);
      const next: SimDirectory = known ?? new SimDirectory();
      if (known === undefined) this.#name(directory, [[part, next]]);
      directory = next;
    }
    return directory;
  }
}

function strikes(planned: PlannedFault | null, number: number, path: string): boolean {
  if (planned === null || !(planned.isSticky ? number >= planned.at : number === planned.at)) return false;
  if (planned.fault === "short") return true;
  throw failure(planned.fault, path);
}

function chosen(changes: readonly SimChange[], seed: number): readonly SimChange[] {
  const random = randomFrom(seed);
  const rest = [...changes];
  const wanted = Math.floor(random() * (MOST_SPARED + 1));
  return Array.from({ length: Math.min(wanted, rest.length) }, () =>
    rest.splice(Math.floor(random() * rest.length), 1),
  ).flat();
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function filesIn(directory: SimDirectory, path: string): string[] {
  return [...directory.volatile].flatMap(([name, node]) =>
    node instanceof SimFile ? [`${path}/${name}`] : filesIn(node, `${path}/${name}`),
  );
}

function partsOf(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
