import type { FileInfo, FileSystem, NewFile } from "../../src/common/file-system.js";

interface FakeFile {
  readonly bytes: Uint8Array;
  readonly modified: number;
}

/** Files in memory, with times that the test chooses. */
export class FakeFileSystem implements FileSystem {
  readonly reads: string[] = [];
  readonly #files = new Map<string, FakeFile>();
  #time = 1000;

  /** Puts a whole file there; later files are younger unless `modified` says otherwise. */
  put(path: string, content: string | Uint8Array, modified = this.#time++): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    this.#files.set(path, { bytes, modified });
  }

  async list(directory: string): Promise<readonly FileInfo[]> {
    const names = [...this.#files.keys()].filter((path) => path.startsWith(`${directory}/`));
    return names.filter((path) => !path.slice(directory.length + 1).includes("/")).map((path) => this.#info(path));
  }

  async names(directory: string): Promise<readonly string[]> {
    return (await this.list(directory)).map(({ path }) => this.baseName(path));
  }

  async create(path: string): Promise<NewFile> {
    if (this.#files.has(path)) throw failure("EEXIST", path);
    this.put(path, "");
    return {
      write: async (bytes) => {
        const before = this.#file(path).bytes;
        const whole = new Uint8Array(before.length + bytes.length);
        whole.set(before);
        whole.set(bytes, before.length);
        this.put(path, whole);
        return bytes.length;
      },
      sync: async () => {},
      close: async () => {},
    };
  }

  async link(from: string, to: string): Promise<void> {
    if (this.#files.has(to)) throw failure("EEXIST", to);
    this.put(to, this.#file(from).bytes);
  }

  async rename(from: string, to: string): Promise<void> {
    this.put(to, this.#file(from).bytes);
    this.#files.delete(from);
  }

  async unlink(path: string): Promise<void> {
    this.#file(path);
    this.#files.delete(path);
  }

  async syncDirectory(): Promise<void> {}

  async stat(path: string): Promise<FileInfo | null> {
    if (this.#files.has(path)) return this.#info(path);
    const isDirectory = [...this.#files.keys()].some((name) => name.startsWith(`${path}/`));
    return isDirectory ? { path, size: 0, modified: 0, isDirectory: true } : null;
  }

  async read(path: string): Promise<Uint8Array> {
    return this.readRange(path, 0, Number.MAX_SAFE_INTEGER);
  }

  async readRange(path: string, from: number, to: number): Promise<Uint8Array> {
    this.reads.push(path);
    return this.#file(path).bytes.slice(from, to);
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.put(path, bytes.slice());
  }

  async makeDirectory(): Promise<void> {}

  async remove(path: string): Promise<void> {
    for (const name of [...this.#files.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#files.delete(name);
    }
  }

  join(...parts: string[]): string {
    return parts.join("/");
  }

  baseName(path: string): string {
    return path.slice(path.lastIndexOf("/") + 1);
  }

  #info(path: string): FileInfo {
    const { bytes, modified } = this.#file(path);
    return { path, size: bytes.length, modified, isDirectory: false };
  }

  #file(path: string): FakeFile {
    const file = this.#files.get(path);
    if (file === undefined) throw failure("ENOENT", path);
    return file;
  }
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
