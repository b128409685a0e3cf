import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import type { FileSystem } from "../../src/common/file-system.js";
import { nodeFileSystem } from "../../src/common/node-file-system.js";
import { type WritableFormatName, writableFormatOf } from "../../src/formats/writable-format-of.js";
import { FileSink } from "../../src/sinks/file-sink.js";
import type { SinkCase } from "./sink-contract.js";

/** A directory of this test's own. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "millrace-sink-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface FileSinkOptions {
  readonly format?: WritableFormatName;
  readonly partitionBy?: readonly string[];
  readonly maxRowsPerFile?: number;
  readonly resetSink?: boolean;
  readonly files?: FileSystem;
}

export function fileSink(path: string, options: FileSinkOptions = {}): FileSink {
  return new FileSink({
    files: options.files ?? nodeFileSystem,
    path,
    format: writableFormatOf(options.format ?? "json"),
    partitionBy: options.partitionBy ?? [],
    maxRowsPerFile: options.maxRowsPerFile ?? null,
    resetSink: options.resetSink ?? false,
  });
}

/** What a reader sees who only lists the directory: files whose path has no name that begins with `_` or `.`. */
export async function dataFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const visible = paths.filter((path) => !/[/\\][_.]/.test(path.slice(directory.length)));
  return visible.map((path) => path.slice(directory.length + 1)).sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

/** One row per batch in the suite: a file each. */
export function fileSinkCase(format: WritableFormatName, partitionBy: readonly string[]): SinkCase {
  const by = partitionBy.length === 0 ? "" : ` by ${partitionBy.join(", ")}`;
  return {
    name: `${format}${by}`,
    async make() {
      const directory = join(await temporaryDirectory(), "out");
      const another = (): FileSink => fileSink(directory, { format, partitionBy });
      const visible = () => dataFiles(directory);
      return { sink: another(), visible, another, leftovers: () => readdir(join(directory, "_staging")) };
    },
  };
}
