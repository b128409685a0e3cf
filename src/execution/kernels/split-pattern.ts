import { RE2JS, RE2JSSyntaxException } from "re2js";
import { AnalysisError } from "../../common/millrace-error.js";

/** What split cuts at: every single code point, literal bytes, or the matches of a regular expression. */
export type SplitPattern =
  | { readonly kind: "codePoints" }
  | { readonly kind: "literal"; readonly bytes: Uint8Array }
  | { readonly kind: "regex"; readonly regex: RE2JS };

/** No sign with a meaning, or one taken literally by a backslash: "\\|", ", ". */
const LITERAL = /^(?:[^\\^$.|?*+()[\]{}]|\\[^a-zA-Z0-9])+$/u;

/** @throws AnalysisError REGEX_SYNTAX */
export function splitPattern(text: string): SplitPattern {
  if (text === "") return { kind: "codePoints" };
  if (LITERAL.test(text)) {
    const literal = text.replace(/\\(.)/gsu, "$1");
    return { kind: "literal", bytes: new TextEncoder().encode(literal) };
  }
  try {
    return { kind: "regex", regex: RE2JS.compile(text) };
  } catch (cause) {
    if (!(cause instanceof RE2JSSyntaxException)) throw cause;
    throw new AnalysisError("REGEX_SYNTAX", `'${text}' is not a regular expression: ${cause.message}.`, {
      hint: "Write it in RE2 syntax (no look-around, no back references), or put a backslash before signs meant literally.",
      cause,
    });
  }
}
