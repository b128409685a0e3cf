import type { FileSystem, NewFile } from "../../src/common/file-system.js";

/**
 * One process's view of a file system: before its call number `at` (reads count, and every call on a file that it writes)
 * it stands still, as under SIGSTOP, until `resume`.
 */
export class PausedFileSystem {
  readonly files: FileSystem;
  readonly #at: number;
  readonly #resumed: Promise<void>;
  #calls = 0;
  resume: () => void = () => {};

  constructor(files: FileSystem, at: number) {
    this.#at = at;
    this.#resumed = new Promise((resolve) => {
      this.resume = resolve;
    });
    this.files = this.#view(files);
  }

  get isPaused(): boolean {
    return this.#calls >= this.#at;
  }

  async #turn(): Promise<void> {
    this.#calls++;
    if (this.#calls === this.#at) await this.#resumed;
  }

  #view(files: FileSystem): FileSystem {
    const paused =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await this.#turn();
        return call(...args);
      };
    const opened = ({ write, sync, close }: NewFile): NewFile => ({
      write: paused(write),
      sync: paused(sync),
      close: paused(close),
    });
    return {
      list: paused((directory) => files.list(directory)),
      names: paused((directory) => files.names(directory)),
      stat: paused((path) => files.stat(path)),
      read: paused((path) => files.read(path)),
      readRange: paused((path, from, to) => files.readRange(path, from, to)),
      write: paused((path, bytes) => files.write(path, bytes)),
      create: paused(async (path) => opened(await files.create(path))),
      link: paused((from, to) => files.link(from, to)),
      rename: paused((from, to) => files.rename(from, to)),
      unlink: paused((path) => files.unlink(path)),
      syncDirectory: paused((path) => files.syncDirectory(path)),
      makeDirectory: paused((path) => files.makeDirectory(path)),
      remove: paused((path) => files.remove(path)),
      join: (...parts) => files.join(...parts),
      baseName: (path) => files.baseName(path),
    };
  }
}
