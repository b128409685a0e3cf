export interface FileInfo {
  /** Path as given to `list`, joined with the name. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly isDirectory: boolean;
}

/** A file that is being written, from its beginning. */
export interface NewFile {
  /** Appends; may take fewer bytes than it is given. Returns how many it took, at least one. */
  write(bytes: Uint8Array): Promise<number>;
  /** What was written survives a power cut once this has resolved. After a failure the file must not be synced again. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The calls that sources, sinks, formats and the checkpoint make. Paths are the platform's own.
 * A rejection is an Error whose `code` is the POSIX name (EEXIST, ENOENT, EIO, ENOSPC, …).
 */
export interface FileSystem {
  /** Entries of one directory, unsorted. A directory that does not exist is an empty one. */
  list(directory: string): Promise<readonly FileInfo[]>;
  /** Names alone, unsorted: one call, whatever the number of entries. A directory that does not exist is an empty one. */
  names(directory: string): Promise<readonly string[]>;
  /** null when nothing is there. */
  stat(path: string): Promise<FileInfo | null>;
  read(path: string): Promise<Uint8Array>;
  /** Bytes [from, to) of a file; shorter at its end. */
  readRange(path: string, from: number, to: number): Promise<Uint8Array>;
  /** Creates or replaces; parents are created. Not durable. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Creates the file, which must not be there (EEXIST); its directory must (ENOENT). */
  create(path: string): Promise<NewFile>;
  /** A second name for a file; `to` must not be there (EEXIST): of several who try, one succeeds. */
  link(from: string, to: string): Promise<void>;
  /** Replaces `to` when it is there. */
  rename(from: string, to: string): Promise<void>;
  /** Removes one file (ENOENT when it is not there). */
  unlink(path: string): Promise<void>;
  /** Names created, renamed and unlinked in the directory survive a power cut once this has resolved. No-op where the platform cannot. */
  syncDirectory(path: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Removes a file or a whole directory; nothing there is fine. */
  remove(path: string): Promise<void>;
  join(...parts: string[]): string;
  baseName(path: string): string;
}
