import { mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { FileInfo, FileSystem } from "./file-system.js";

export const nodeFileSystem: FileSystem = {
  list,
  stat: infoOf,
  read: async (path) => plainBytes(await readFile(path)),
  readRange,
  write: async (path, bytes) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  },
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
