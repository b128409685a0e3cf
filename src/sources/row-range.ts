import { SourceError } from "../common/millrace-error.js";
import type { Offset, ReadLimit } from "./source.js";

/** Offsets of sources that count rows: the number of rows delivered. */
export function rowOffset(offset: Offset, source: string): number {
  if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new SourceError("OFFSET_INVALID", `${JSON.stringify(offset)} is not an offset of ${source}.`);
}

/** How far a trigger goes from row `from` when `available` rows exist and one has about `rowBytes` bytes. */
export function nextRowOffset(
  from: number,
  available: number,
  limit: ReadLimit & { readonly rowBytes: number },
): number {
  const until = typeof limit.until === "number" ? limit.until : available;
  const byBytes = limit.rowBytes > 0 ? Math.floor(limit.maxBytes / limit.rowBytes) : Number.POSITIVE_INFINITY;
  const most = Math.max(1, Math.min(limit.maxRows, byBytes));
  return Math.max(from, Math.min(available, until, from + most));
}
