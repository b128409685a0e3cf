import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

interface Line {
  readonly id: number;
  readonly n?: number;
}

/**
 * Reads what a program has written as somebody who knows nothing but the directories: every name that does not begin with _ or
 * a dot is a file of whole lines, and never changes.
 */
export class DirectoryReader {
  readonly #directory: string;
  readonly #known = new Map<string, string>();
  readonly faults: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  async look(): Promise<void> {
    const there = new Set<string>();
    for (const sink of ["out", "late"]) {
      for (const name of await readdir(join(this.#directory, sink)).catch(() => [])) {
        if (name.startsWith("_") || name.startsWith(".")) continue;
        const path = join(sink, name);
        there.add(path);
        this.#note(path, await readFile(join(this.#directory, path), "utf8"));
      }
    }
    for (const path of this.#known.keys()) if (!there.has(path)) this.faults.push(`${path} has gone`);
  }

  /** By id: how many of its rows have come out. Each group comes out once. */
  counts(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    const groups = new Set<string>();
    for (const [path, text] of this.#known) {
      for (const line of text.trim().split("\n")) {
        const { id, n = 1 } = JSON.parse(line) as Line;
        counts.set(id, (counts.get(id) ?? 0) + n);
        if (path.startsWith("out") && groups.has(line)) this.faults.push(`${line} comes twice`);
        groups.add(line);
      }
    }
    return counts;
  }

  #note(path: string, text: string): void {
    const before = this.#known.get(path);
    if (before === undefined) this.#check(path, text);
    else if (before !== text) this.faults.push(`${path} has changed`);
    this.#known.set(path, text);
  }

  #check(path: string, text: string): void {
    if (!text.endsWith("\n")) this.faults.push(`${path} is torn`);
    for (const line of text.trim().split("\n")) {
      try {
        JSON.parse(line);
      } catch {
        this.faults.push(`${path} has a torn line: ${line}`);
      }
    }
  }
}
