import { AnalysisError } from "../../common/millrace-error.js";

/** One element of a pattern: a field (its place in PATTERN_FIELDS) of so many digits, an offset, or literal bytes. */
export type PatternElement =
  | { readonly kind: "field"; readonly slot: number; readonly least: number; readonly most: number }
  | { readonly kind: "fraction"; readonly digits: number }
  | { readonly kind: "offset"; readonly letters: number }
  | { readonly kind: "literal"; readonly bytes: Uint8Array };

export const PATTERN_FIELDS = ["year", "shortYear", "month", "day", "hour", "minute", "second"] as const;
type PatternField = (typeof PATTERN_FIELDS)[number];

const FIELDS: Readonly<Record<string, PatternField>> = {
  y: "year",
  u: "year",
  M: "month",
  d: "day",
  H: "hour",
  m: "minute",
  s: "second",
};
const ELEMENT = /'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']+/gy;

/**
 * A pattern of toTimestamp and toDate in Spark's letters: yyyy yy MM dd HH mm ss (one letter: one or two digits), S for
 * digits of the fraction, X XX XXX for an offset or Z, 'quoted text'. Other letters are refused.
 * @throws AnalysisError TIME_PATTERN_SYNTAX
 */
export function parseTimePattern(pattern: string): readonly PatternElement[] {
  const elements: PatternElement[] = [];
  let end = 0;
  for (const match of pattern.matchAll(ELEMENT)) {
    elements.push(elementOf(match, pattern));
    end += match[0].length;
  }
  if (end < pattern.length) throw syntaxError(pattern, "a quote is not closed");
  return elements;
}

function elementOf([text, quoted, letter]: RegExpMatchArray, pattern: string): PatternElement {
  if (letter !== undefined) return letterElement(letter, text.length, pattern);
  if (quoted === undefined) return literal(text);
  return literal(quoted === "" ? "'" : quoted.replaceAll("''", "'"));
}

function letterElement(letter: string, count: number, pattern: string): PatternElement {
  if (letter === "S" && count <= 9) return { kind: "fraction", digits: count };
  if (letter === "X" && count <= 3) return { kind: "offset", letters: count };
  const field = Object.hasOwn(FIELDS, letter) ? FIELDS[letter] : undefined;
  if (field === "year") {
    if (count === 2) return fieldElement("shortYear", 2, 2);
    if (count === 1 || count === 4) return fieldElement(field, count, count === 1 ? 6 : 4);
  } else if (field !== undefined && count <= 2) {
    return fieldElement(field, count, 2);
  }
  throw syntaxError(pattern, `'${letter.repeat(count)}' is not among the letters it knows`);
}

function fieldElement(field: PatternField, least: number, most: number): PatternElement {
  return { kind: "field", slot: PATTERN_FIELDS.indexOf(field), least, most };
}

function literal(text: string): PatternElement {
  return { kind: "literal", bytes: new TextEncoder().encode(text) };
}

function syntaxError(pattern: string, reason: string): AnalysisError {
  return new AnalysisError("TIME_PATTERN_SYNTAX", `'${pattern}' is not a pattern of a time: ${reason}.`, {
    hint: "Use yyyy MM dd HH mm ss SSS X XXX and text in single quotes.",
  });
}
