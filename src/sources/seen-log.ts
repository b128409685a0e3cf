import { type CheckedFile, type Facts, UnsoundFile } from "./checked-file.js";
import { NOTHING_SEEN, type SeenFile, type SeenState } from "./seen-files.js";
import type { SourceStorage } from "./source.js";
import { StorageDirectory } from "./storage-directory.js";

const ENTRY = "seen";
const COMPACT = "seen-compact";
/** Names begin with a position, filled up so that names in order are files in order. */
const DIGITS = 16;
const ENTRIES_BETWEEN_COMPACTS = 40;

/** A file in a log: position, path, size, modified. */
type Line = readonly [number, string, number, number];

/**
 * The seen set in the source's storage: a file per trigger that took files, `<first position>.seen`, and from time to
 * time everything in one, `<end>.seen-compact`, behind which earlier files are removed.
 */
export class SeenLog {
  readonly #directory: StorageDirectory;
  /** Those since the newest compact. */
  #entries: string[] = [];
  #compact: string | null = null;

  constructor(storage: SourceStorage) {
    this.#directory = new StorageDirectory(storage);
  }

  get wantsCompacting(): boolean {
    return this.#entries.length >= ENTRIES_BETWEEN_COMPACTS;
  }

  /** Null when nothing has ever been promised. @throws CheckpointError CHECKPOINT_CORRUPT */
  async load(): Promise<SeenState | null> {
    const names = await this.#directory.open();
    const compacts = names.filter((name) => name.endsWith(`.${COMPACT}`));
    this.#compact = compacts.pop() ?? null;
    const compacted = this.#compact === null ? NOTHING_SEEN : await this.#readCompact(this.#compact);
    const entries = names.filter((name) => name.endsWith(`.${ENTRY}`));
    const isCovered = (name: string): boolean => positionOf(name) < compacted.end;
    this.#entries = entries.filter((name) => !isCovered(name));
    // A crash may have come before these could be removed.
    await this.#directory.remove([...compacts, ...entries.filter(isCovered)]);
    if (this.#compact === null && this.#entries.length === 0) return null;
    const files = [...compacted.files];
    let { end } = compacted;
    for (const name of this.#entries) {
      const entry = await this.#readEntry(name, end);
      for (const file of entry) files.push(file);
      end += entry.length;
    }
    return { ...compacted, end, files };
  }

  /** Durable when it resolves. `files` have the next positions, from `from` on. */
  async append(from: number, files: readonly SeenFile[]): Promise<void> {
    const name = nameOf(from, ENTRY);
    await this.#directory.publish(name, ENTRY, encode({ from, files: files.length }, files));
    this.#entries.push(name);
  }

  /** The whole set in one file. The earlier ones go only after it is durable. */
  async compact(state: SeenState): Promise<void> {
    const { end, horizon, files } = state;
    const name = nameOf(end, COMPACT);
    const replaced = [...(this.#compact === null ? [] : [this.#compact]), ...this.#entries];
    await this.#directory.publish(name, COMPACT, encode({ end, horizon, files: files.length }, files));
    this.#compact = name;
    this.#entries = [];
    await this.#directory.remove(replaced);
  }

  async #readCompact(name: string): Promise<SeenState> {
    const { facts, body } = await this.#directory.read(name, COMPACT);
    return this.#directory.sound(name, () => {
      const { end, horizon } = facts;
      if (end !== positionOf(name) || horizon === undefined)
        throw new UnsoundFile("its name and its first line differ");
      return { end, horizon, files: filesOf(facts, body) };
    });
  }

  async #readEntry(name: string, position: number): Promise<readonly SeenFile[]> {
    const { facts, body } = await this.#directory.read(name, ENTRY);
    return this.#directory.sound(name, () => {
      const from = positionOf(name);
      if (from !== position) throw new UnsoundFile(`the files from ${position} to ${from} are missing before it`);
      if (facts["from"] !== from) throw new UnsoundFile("its name and its first line differ");
      return filesOf(facts, body);
    });
  }
}

function nameOf(position: number, kind: string): string {
  return `${String(position).padStart(DIGITS, "0")}.${kind}`;
}

function positionOf(name: string): number {
  return Number.parseInt(name, 10);
}

function encode(facts: Facts, files: readonly SeenFile[]): CheckedFile {
  const lines = files.map(({ position, path, size, modified }): Line => [position, path, size, modified]);
  return { facts, body: new TextEncoder().encode(`${JSON.stringify(lines)}\n`) };
}

/** The checksum has been right, so only the count is looked at. */
function filesOf(facts: Facts, body: Uint8Array): readonly SeenFile[] {
  const lines = JSON.parse(new TextDecoder().decode(body)) as readonly Line[];
  if (lines.length !== facts["files"])
    throw new UnsoundFile(`it has ${lines.length} files instead of ${facts["files"]}`);
  return lines.map(([position, path, size, modified]) => ({ position, path, size, modified }));
}
