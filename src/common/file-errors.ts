/** The POSIX name of a file system's error (EEXIST, ENOENT, …); undefined for any other. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** How file systems say that they have no hard links (FAT, some network and container mounts), or none to there. */
const NO_LINKS: readonly unknown[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"];

/** A link failed because there are none, not because of what was linked. */
export function saysNoLinks(error: unknown): boolean {
  return NO_LINKS.includes(codeOf(error));
}
