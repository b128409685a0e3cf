import { SourceError } from "../common/millrace-error.js";
import type { Offset, ReadLimit } from "./source.js";

/** Offsets of sources that count rows: the number of rows delivered. */
export function rowOffset(offset: Offset, source: string): number {
  if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new SourceError("OFFSET_INVALID", `${JSON.stringify(offset)} is not an offset of ${source}.`);
}

/** The offset as a count of rows that are all there: an input that a program builds anew must not come back shorter. */
export function rowWithin(offset: Offset, available: number, source: string): number {
  const row = rowOffset(offset, source);
  if (row <= available) return row;
  throw new SourceError(
    "OFFSET_INVALID",
    `The checkpoint is at row ${row} of ${source}, which has ${available} rows.`,
    {
      hint: "Start with the same rows as before, or with a new checkpoint.",
    },
  );
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
