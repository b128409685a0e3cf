/** Units of dateTrunc. Weeks begin on Monday. */
export type DateTruncUnit =
  | "microsecond"
  | "millisecond"
  | "second"
  | "minute"
  | "hour"
  | "day"
  | "week"
  | "month"
  | "quarter"
  | "year";

export const DATE_TRUNC_UNITS: readonly DateTruncUnit[] = [
  "microsecond",
  "millisecond",
  "second",
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "year",
];

export function isDateTruncUnit(text: string): text is DateTruncUnit {
  return (DATE_TRUNC_UNITS as readonly string[]).includes(text);
}
