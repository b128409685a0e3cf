import { FormatError } from "../common/millrace-error.js";

/** Bytes that are no Arrow IPC, for the reason that a reader gave. */
export function corruptIpc(cause: unknown): FormatError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FormatError("ARROW_CORRUPT", `The bytes are no Arrow IPC stream or file: ${why}.`, { cause });
}
