/** A change that a power cut may take back: it is in the volatile image only. `order` tells the older from the younger. */
interface ContentChange {
  readonly order: number;
  readonly at: number;
  readonly bytes: Uint8Array;
  /** The file was emptied first. */
  readonly truncates: boolean;
}

/** One operation on names: all of it survives, or nothing. null: the name is gone. */
interface NameChange {
  readonly order: number;
  readonly names: readonly (readonly [string, SimNode | null])[];
}

export type SimChange = ContentChange | NameChange;
export type SimNode = SimFile | SimDirectory;

const EMPTY = new Uint8Array(0);

/** A file, whatever its names are. Arrays of bytes are never changed, so that images share them. */
export class SimFile {
  volatile: Uint8Array = EMPTY;
  durable: Uint8Array = EMPTY;
  unsynced: ContentChange[] = [];
  /** A sync failed: what it was to make durable may be lost, and no later sync says so. */
  syncFailed = false;

  change(change: ContentChange): void {
    this.volatile = changed(this.volatile, change);
    this.unsynced.push(change);
  }

  sync(): void {
    this.durable = this.volatile;
    this.unsynced = [];
  }
}

export class SimDirectory {
  volatile = new Map<string, SimNode>();
  durable = new Map<string, SimNode>();
  unsynced: NameChange[] = [];

  change(change: NameChange): void {
    rename(this.volatile, change);
    this.unsynced.push(change);
  }

  sync(): void {
    for (const change of this.unsynced) rename(this.durable, change);
    this.unsynced = [];
  }
}

/** The same directory once more: what is not durable in one is not durable in the other. */
export function copyOf(directory: SimDirectory): SimDirectory {
  const copies = new Map<SimNode, SimNode>();
  const copy = (node: SimNode): SimNode => {
    const known = copies.get(node);
    if (known !== undefined) return known;
    const made = node instanceof SimFile ? new SimFile() : new SimDirectory();
    copies.set(node, made);
    if (node instanceof SimFile && made instanceof SimFile) copyFile(node, made);
    if (node instanceof SimDirectory && made instanceof SimDirectory) copyNames(node, made, copy);
    return made;
  };
  return copy(directory) as SimDirectory;
}

function copyFile(from: SimFile, to: SimFile): void {
  to.volatile = from.volatile;
  to.durable = from.durable;
  to.unsynced = [...from.unsynced];
  to.syncFailed = from.syncFailed;
}

function copyNames(from: SimDirectory, to: SimDirectory, copy: (node: SimNode) => SimNode): void {
  for (const [name, node] of from.volatile) to.volatile.set(name, copy(node));
  for (const [name, node] of from.durable) to.durable.set(name, copy(node));
  to.unsynced = from.unsynced.map(({ order, names }) => ({
    order,
    names: names.map(([name, node]) => [name, node === null ? null : copy(node)] as const),
  }));
}

/** What the disk holds after a power cut that spared the changes in `spared`. */
export function durableImage(directory: SimDirectory, spared: ReadonlySet<SimChange>): SimDirectory {
  const images = new Map<SimNode, SimNode>();
  const image = (node: SimNode): SimNode => {
    const known = images.get(node);
    if (known !== undefined) return known;
    const made = node instanceof SimFile ? new SimFile() : new SimDirectory();
    images.set(node, made);
    if (node instanceof SimFile && made instanceof SimFile) {
      made.volatile = node.unsynced.filter((change) => spared.has(change)).reduce(changed, node.durable);
    } else if (node instanceof SimDirectory && made instanceof SimDirectory) {
      const names = new Map(node.durable);
      for (const change of node.unsynced) if (spared.has(change)) rename(names, change);
      for (const [name, child] of names) made.volatile.set(name, image(child));
      made.durable = new Map(made.volatile);
    }
    if (made instanceof SimFile) made.sync();
    return made;
  };
  return image(directory) as SimDirectory;
}

/** Every change that a power cut may take back, oldest first. */
export function unsyncedChanges(directory: SimDirectory): readonly SimChange[] {
  const seen = new Set<SimNode>();
  const changes: SimChange[] = [];
  const visit = (node: SimNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    changes.push(...node.unsynced);
    if (node instanceof SimFile) return;
    for (const child of node.volatile.values()) visit(child);
    for (const child of node.durable.values()) visit(child);
    for (const { names } of node.unsynced) for (const [, child] of names) if (child !== null) visit(child);
  };
  visit(directory);
  return changes.sort((a, b) => a.order - b.order);
}

/** A write beyond the end, because an earlier one was lost, leaves zeros between. */
function changed(content: Uint8Array, { at, bytes, truncates }: ContentChange): Uint8Array {
  const before = truncates ? EMPTY : content;
  const after = new Uint8Array(Math.max(before.length, at + bytes.length));
  after.set(before);
  after.set(bytes, at);
  return after;
}

function rename(map: Map<string, SimNode>, { names }: NameChange): void {
  for (const [name, node] of names) {
    if (node === null) map.delete(name);
    else map.set(name, node);
  }
}
