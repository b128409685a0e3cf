import type { FileInfo, FileSystem } from "../common/file-system.js";
import { SourceError } from "../common/millrace-error.js";

/** Where files are looked for: a directory, one file, or a directory and a pattern for names in it ("in/*.json"). */
export interface FileLocation {
  readonly path: string;
  readonly directory: string;
  readonly pattern: RegExp | null;
}

export function fileLocation(files: FileSystem, path: string): FileLocation {
  const name = files.baseName(path);
  if (!/[*?]/.test(name)) return { path, directory: path, pattern: null };
  const directory = path.slice(0, path.length - name.length).replace(/(?<=.)[/\\]$/, "");
  return { path, directory: directory === "" ? "." : directory, pattern: patternOf(name) };
}

/** The data files that are there, unsorted. Names that begin with `.` or `_`, or end with `.tmp`, are still being written or are no data. */
export async function listDataFiles(files: FileSystem, location: FileLocation): Promise<readonly FileInfo[]> {
  if (location.pattern === null) {
    const info = await files.stat(location.path);
    if (info !== null && !info.isDirectory) return [info];
  }
  const entries = await files.list(location.directory);
  return entries.filter((entry) => {
    const name = files.baseName(entry.path);
    return !entry.isDirectory && !isHidden(name) && (location.pattern?.test(name) ?? true);
  });
}

/** For reads that cannot wait for files to come. */
export async function requireDataFiles(files: FileSystem, location: FileLocation): Promise<readonly FileInfo[]> {
  const found = await listDataFiles(files, location);
  if (found.length > 0 || (await files.stat(location.directory)) !== null) return found;
  throw new SourceError("PATH_NOT_FOUND", `There is nothing at '${location.path}'.`, {
    hint: "Check the path; it is relative to the directory the process was started in.",
  });
}

/** Oldest first; names decide between files of one instant, so that the order is always the same. */
export function byAge(a: FileInfo, b: FileInfo): number {
  return a.modified - b.modified || byPath(a, b);
}

export function byPath(a: FileInfo, b: FileInfo): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name.startsWith("_") || name.endsWith(".tmp");
}

function patternOf(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${body}$`, "s");
}
