export interface FileInfo {
  /** Path as given to `list`, joined with the name. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly isDirectory: boolean;
}

/** The calls that sources, sinks, formats and (later) the checkpoint make. Paths are the platform's own. */
export interface FileSystem {
  /** Entries of one directory, unsorted. A directory that does not exist is an empty one. */
  list(directory: string): Promise<readonly FileInfo[]>;
  /** null when nothing is there. */
  stat(path: string): Promise<FileInfo | null>;
  read(path: string): Promise<Uint8Array>;
  /** Bytes [from, to) of a file; shorter at its end. */
  readRange(path: string, from: number, to: number): Promise<Uint8Array>;
  /** Creates or replaces; parents are created. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Removes a file or a whole directory; nothing there is fine. */
  remove(path: string): Promise<void>;
  join(...parts: string[]): string;
  baseName(path: string): string;
}
