import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { FileInfo, FileSystem, NewFile } from "./file-system.js";

export const nodeFileSystem: FileSystem = {
  list,
  names: (directory) => orMissing(readdir(directory), []),
  stat: infoOf,
  read: async (path) => plainBytes(await readFile(path)),
  readRange,
  write: async (path, bytes) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  },
  create: async (path) => newFile(await open(path, "wx")),
  link: (from, to) => link(from, to),
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  syncDirectory,
  makeDirectory: async (path) => {
    await mkdir(path, { recursive: true });
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  join: (...parts) => join(...parts),
  baseName: (path) => basename(path),
};

async function list(directory: string): Promise<readonly FileInfo[]> {
  const names = await orMissing(readdir(directory), []);
  const infos = await Promise.all(names.map((name) => infoOf(join(directory, name))));
  return infos.filter((info) => info !== null);
}

async function infoOf(path: string): Promise<FileInfo | null> {
  const stats = await orMissing(stat(path), null);
  if (stats === null) return null;
  return { path, size: stats.size, modified: stats.mtimeMs, isDirectory: stats.isDirectory() };
}

async function readRange(path: string, from: number, to: number): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array(Math.max(0, to - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function newFile(handle: FileHandle): NewFile {
  return {
    write: async (bytes) => (await handle.write(bytes)).bytesWritten,
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/** Windows cannot open a directory for this; there the promise is to survive the process, not the power. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A file that vanishes between listing and looking is as if it had never been listed. */
async function orMissing<T, M>(result: Promise<T>, missing: M): Promise<T | M> {
  try {
    return await result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return missing;
    throw error;
  }
}

function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
