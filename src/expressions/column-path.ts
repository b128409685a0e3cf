import { AnalysisError } from "../common/millrace-error.js";
import type { Expression } from "./expression.js";

/** One part of a path: plain, or in backticks with a backtick doubled. */
const PART = /`((?:[^`]|``)+)`|([^.`]+)/y;

/**
 * A column as text names it: "user", "window.start" (a member of a struct), "`a.b`" (a name that holds a dot), "*" (every
 * column).
 */
export function columnPath(text: string): Expression {
  if (text === "*") return { kind: "star" };
  const [name, ...members] = parts(text);
  return members.reduce<Expression>((input, member) => ({ kind: "field", input, name: member }), {
    kind: "column",
    name,
  });
}

function parts(text: string): string[] {
  if (!/[.`]/.test(text)) return [requireName(text, text)];
  const found: string[] = [];
  PART.lastIndex = 0;
  for (;;) {
    const match = PART.exec(text);
    if (match === null) return refuse(text);
    found.push(requireName(match[1]?.replaceAll("``", "`") ?? match[2], text));
    const next = nextStart(match, text);
    if (next === null) return found;
    PART.lastIndex = next;
  }
}

/** Where the next part starts, after a dot; null at the end of the text. */
function nextStart(match: RegExpExecArray, text: string): number | null {
  const end = match.index + match[0].length;
  if (end === text.length) return null;
  return text[end] === "." ? end + 1 : refuse(text);
}

function requireName(name: string, text: string): string {
  return name === "" ? refuse(text) : name;
}

function refuse(text: string): never {
  throw new AnalysisError("COLUMN_NAME", `"${text}" does not name a column.`, {
    hint: "Write name, name.member, or put a name that holds a dot into backticks.",
  });
}
