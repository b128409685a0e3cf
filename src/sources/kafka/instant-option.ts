/** A point in time with its offset from UTC, or a day, which begins in UTC: nothing that depends on the machine's zone. */
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/i;

/** Milliseconds since 1970 of a Date, a number of them (also as text), or ISO 8601 text with an offset from UTC; null for anything else. */
export function instantMillis(given: unknown): number | null {
  if (given instanceof Date) return whole(given.getTime());
  if (typeof given === "number") return whole(given);
  if (typeof given !== "string") return null;
  const text = given.trim();
  if (/^\d+$/.test(text)) return whole(Number(text));
  return ISO.test(text) ? whole(new Date(text.replace(" ", "T")).getTime()) : null;
}

function whole(millis: number): number | null {
  return Number.isSafeInteger(millis) && millis >= 0 ? millis : null;
}
